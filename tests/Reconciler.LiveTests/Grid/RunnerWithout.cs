using System.Security.Cryptography;
using System.Text;
using Reconciler.LiveTests.Support;
using Reconciler.Remote;

namespace Reconciler.LiveTests.Grid;

/// <summary>The runner on a test host with one of its safeguards taken out.</summary>
internal static class RunnerWithout
{
    /// <param name="safeguard"><c>fence</c> or <c>receipt</c>; any other one is not the runner's.</param>
    public static async Task InstallAsync(GridSite site, string safeguard)
    {
        if (safeguard is not ("fence" or "receipt"))
            return;
        var text = Of(safeguard);
        var rule = RunnerFile.RuleFor(EnrollmentRequest.DefaultLogin)
            .Replace(RunnerFile.Version, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))), StringComparison.Ordinal);
        var file = Path.Combine(site.World, "runner");
        await File.WriteAllTextAsync(file, text);
        await Command.OkAsync("cp", file, $"/proc/{site.Host.Leader()}/root{RunnerWire.Path}");
        await site.Host.ShellAsync($"chmod 755 {RunnerWire.Path}; chown root:root {RunnerWire.Path}; cat >/etc/sudoers.d/reconciler <<'END'\n{rule}\nEND\n");
    }

    /// <summary>The runner's text.</summary>
    public static string Of(string safeguard)
    {
        var text = Encoding.UTF8.GetString(RunnerFile.Content.Span);
        return safeguard switch
        {
            "fence" => Without(text, "check_fence() {\n", "check_fence() {\n    return 0\n"),
            // It is written, so that the step's own answer can be read from it, and gone when that was given.
            _ => Without(text, "else cat \"$receipt\"; fi\n", "else cat \"$receipt\"; fi\n    rm -f \"$receipt\"\n"),
        };
    }

    private static string Without(string text, string old, string @new)
    {
        text.Split(old).Length.ShouldBe(2, $"the runner has changed: '{old}'");
        return text.Replace(old, @new, StringComparison.Ordinal);
    }
}

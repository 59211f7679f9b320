using Reconciler.Importing;
using Reconciler.Model;

namespace Reconciler.Cli;

/// <summary>What import says: what it wrote, what it left alone and why, and what to do next.</summary>
internal sealed class ImportText(TextWriter output, ImportRequest request, string folder)
{
    public void Write(Import import)
    {
        output.WriteLine($"wrote {import.Files.Count} files into {folder}; each guess has a comment on its line");
        foreach (var file in import.Files.Keys)
            output.WriteLine($"  {file}");
        Section("to know", import.Notes);
        Section("left alone", import.LeftAlone.Select(left => $"{left.What}: {left.Why}"));
        Section("values of secrets, which were not read: put them on the controller", import.Secrets.SelectMany(Fetch));
        Section("next",
        [
            .. import.Roots.Count == 0 ? Array.Empty<string>() : [Enroll(import.Roots)],
            $"reconciler validate {Shell.Quote(folder)}",
            $"commit and push {folder} as the desired state, or a folder of it",
            $"reconciler plan {request.Environment}          # what would be changed; changes nothing",
            $"reconciler converge {request.Environment}      # the first time, under the maintenance page",
        ]);
    }

    private string Enroll(IReadOnlyList<string> roots) =>
        $"reconciler enroll {request.Server} --admin ADMIN@{request.Address} ...  "
            + $"{string.Join(' ', roots.Select(root => $"--root {Shell.Quote(root)}"))}"
        + "      # again, as the first time: what the application has there lies outside the folders that the runner may change";

    private IEnumerable<string> Fetch(SecretsToFetch file)
    {
        var target = $"{request.Address}";
        yield return file.IsJson
            ? $"ssh ADMIN@{target} sudo cat {Shell.Quote(file.OnServer)} | sudo install -m 0600 -o \"$USER\" /dev/stdin "
                + $"{Shell.Quote(file.Source)}"
            : $"write {file.Source} (0600) as a JSON object with {string.Join(", ", file.Keys)}, from {file.OnServer} on "
                + $"{request.Server}";
        yield return "  0600, owned by whom `plan` and `watch` run as (installed: reconciler-controller)";
    }

    private void Section(string title, IEnumerable<string> lines)
    {
        var all = lines.ToList();
        if (all.Count == 0)
            return;
        output.WriteLine();
        output.WriteLine($"{title}:");
        foreach (var line in all)
            output.WriteLine($"  {string.Concat(line.Select(c => char.IsControl(c) ? '\uFFFD' : c))}");
    }
}

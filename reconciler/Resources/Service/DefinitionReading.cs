using System.Security.Cryptography;
using System.Text;
using Reconciler.Model;

namespace Reconciler.Resources.Service;

/// <summary>Whether the definition on the server is what git says, and if not, whether it is still what we wrote.</summary>
internal static class DefinitionReading
{
    /// <summary>SHA-256 hex of the text: the note with which it is placed.</summary>
    public static string Digest(Definition definition) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(definition.Text)));

    /// <summary>Null when only a look at the content can tell, or when it could not be seen.</summary>
    public static DefinitionState? Of(ServiceSpec spec, IReadOnlyList<string> lines)
    {
        // Without systemd, a supervisord of the application's own is started as a plain process, and nothing is written.
        if (Definition.Of(spec) is not { } definition || (spec.Manager is ServiceManager.DeclaredProgram && lines.Contains("no-systemd")))
            return DefinitionState.NotOurs;
        var file = Placed(lines);
        if (file is null or { State: PlacedState.Absent })
            return file is null ? null : DefinitionState.Missing;
        if (file is not { Mode: "0644", Owner: "root", Group: "root" })
            return DefinitionState.Edited;
        if (file.State == PlacedState.Same)
            return file.Note == Digest(definition) ? DefinitionState.Same : DefinitionState.Outdated;
        return ServiceReading.Values(lines, "content").FirstOrDefault() is not { } content ? null
            : content.Split(' ')[0] == Digest(definition) ? DefinitionState.Same : DefinitionState.Edited;
    }

    public static string Proof(Definition definition) =>
        $"[ \"$(sha256sum <{Shell.Quote(definition.Path)})\" = {Shell.Quote(Digest(definition) + "  -")} ]\n";

    private static PlacedFile? Placed(IEnumerable<string> lines)
    {
        var line = lines.FirstOrDefault(line => line == "absent" || line.StartsWith("same ", StringComparison.Ordinal) || line.StartsWith("changed ", StringComparison.Ordinal));
        try
        {
            return line is null ? null : PlacedFile.Read(line)[0];
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

using System.Security.Cryptography;
using System.Text;
using Reconciler.Model;

namespace Reconciler.Resources.Service;

/// <summary>Whether the definition on the server is what git says, and if not, whether we wrote what is there.</summary>
internal static class DefinitionProbe
{
    public static string Digest(Definition definition) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(definition.Text)));

    public static string Script(ServiceSpec spec) => Definition.Of(spec) is not { } definition ? "" :
        $"""
        f={Shell.Quote(definition.Path)}
        if [ -e "$f" ]; then printf 'file %s\n' "$(sha256sum <"$f")"; else echo 'file missing'; fi

        """;

    /// <summary>Null when it was there and could not be read.</summary>
    public static DefinitionState? Read(ServiceSpec spec, IEnumerable<string> lines) =>
        Definition.Of(spec) is not { } definition ? DefinitionState.NotOurs
        : ServiceReading.Values(lines, "file").FirstOrDefault()?.Split(' ')[0] switch
        {
            "missing" => DefinitionState.Missing,
            null or "" => null,
            var digest when digest == Digest(definition) => DefinitionState.Same,
            _ => DefinitionState.Outdated,
        };

    public static string Proof(Definition definition) =>
        $"[ \"$(sha256sum <{Shell.Quote(definition.Path)})\" = {Shell.Quote(Digest(definition) + "  -")} ]\n";
}

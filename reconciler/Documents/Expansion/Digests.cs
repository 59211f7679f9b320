using System.Security.Cryptography;
using System.Text;
using Reconciler.Documents.Kinds;
using Reconciler.Model;

namespace Reconciler.Documents.Expansion;

/// <summary>What prepared things are keyed by: 16 hex digits over everything that they are made of.</summary>
internal static class Digests
{
    public static string OfVirtualEnvironment(PythonSettings python, CodeFacts code) => Short(
    [
        python.Interpreter, $"{python.SystemSitePackages}", python.Pip ?? "", code.Wheelhouse?.TreeId ?? "",
        .. code.Requirements.SelectMany(file => new[] { file.Path, file.Text }),
    ]);

    public static string OfStaticFiles(CodeFacts code, string virtualEnvironment, string settings) => Short([code.StaticInputs, virtualEnvironment, settings]);

    /// <summary>Lets page checks of this ledger pass the cover; from the ledger's key, so that nobody can guess it.</summary>
    public static string CheckToken(string digestKey, string environment, string application) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"check\0{digestKey}\0{environment}\0{application}")))[..40];

    private static string Short(IEnumerable<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(parts.Select(part => $"{part.Length}:{part}\n")))))[..16];
}

using Reconciler.Model;

namespace Reconciler.Resources.VirtualEnvironment;

/// <summary>A virtualenv, keyed by what it is made of and switched as a link (a virtualenv cannot be moved: its scripts name its path).</summary>
/// <param name="Path">The link; the folders are <c>PATH.d/DIGEST</c>.</param>
/// <param name="Digest">Of requirements with their <c>-r</c> files, wheelhouse, interpreter and options; 16 hex digits.</param>
/// <param name="Requirements">Requirements file in the worktree, absolute.</param>
/// <param name="Wheelhouse">Folder in the worktree to install from, never from an index; null: pip's own configuration decides.</param>
/// <param name="PipVersion">Pinned version of pip itself; null: the interpreter's bundled one.</param>
internal sealed record VirtualEnvironmentSpec(
    string Path,
    string User,
    string Digest,
    string Interpreter,
    bool SystemSitePackages,
    string Requirements,
    string? Wheelhouse,
    string? PipVersion) : ResourceSpec
{
    public string Folder => $"{Path}.d/{Digest}";

    public string ReadyFile => $"{Path}.d/.{Digest}.ready";

    internal BuiltFolder Built => new(Path, Digest);
}

/// <summary>What was seen of a virtualenv.</summary>
/// <param name="Target">What the link points to, absolute; null when there is no link.</param>
/// <param name="IsFolder">A real folder stands where the link should be (made by hand).</param>
/// <param name="Ready">Digests of the finished virtualenvs in <c>PATH.d/</c>.</param>
/// <param name="Added">Packages (<c>name-version</c>) in the wanted folder that were not there when it was built.</param>
/// <param name="Missing">Packages that were there when it was built and are not any more.</param>
/// <param name="InterpreterWorks">Its python still resolves to an existing interpreter of the version that it was built with.</param>
internal sealed record VirtualEnvironmentFacts(
    string? Target,
    bool IsFolder,
    IReadOnlyList<string> Ready,
    IReadOnlyList<string> Added,
    IReadOnlyList<string> Missing,
    bool InterpreterWorks,
    string? Marker) : ResourceFacts(Marker)
{
    /// <summary>The folders that hold its packages.</summary>
    public IReadOnlyList<string> Packages { get; init; } = [];

    /// <summary>Of the wanted folder.</summary>
    public BuiltState Built { get; init; } = new(null, null);

    /// <summary>Files are gone, and nothing else is known to be otherwise.</summary>
    public bool OnlyLacks(VirtualEnvironmentSpec spec) =>
        Ready.Contains(spec.Digest) && Added.Count + Missing.Count == 0 && Built.Damage is { Changed.Count: 0, Added.Count: 0, Others: 0 };

    public bool IsIntact(VirtualEnvironmentSpec spec) =>
        Ready.Contains(spec.Digest) && InterpreterWorks && Added.Count + Missing.Count == 0 && Built.Damage is null;
}

using Reconciler.Model;

namespace Reconciler.Resources.Directory;

/// <summary>A directory; what is in it is somebody else's business.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Mode">Octal with a leading zero: <c>0755</c>.</param>
internal sealed record DirectorySpec(string Path, string Mode, string Owner, string Group) : ResourceSpec
{
    /// <summary>
    /// Where mode and owner of one that exists are set. An absent one is always made in Prepare: nobody notices a new directory. Secrets
    /// by default: readers are stopped by then, and it calls for no notice to users, as System would.
    /// </summary>
    public Phase Phase { get; init; } = Phase.Secrets;
}

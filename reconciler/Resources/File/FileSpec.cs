using System.Security.Cryptography;
using System.Text;
using Reconciler.Model;

namespace Reconciler.Resources.File;

/// <summary>A file whose content is no secret.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Mode">Octal with a leading zero: <c>0644</c>.</param>
internal sealed record FileSpec(string Path, string Content, string Mode, string Owner, string Group) : ResourceSpec
{
    /// <summary>
    /// Where a file that exists is replaced. Secrets by default: whoever reads it (<c>reads: [files/NAME]</c>) is stopped by then and starts
    /// after it, migrations see it, and it calls for no notice to users, as System would.
    /// </summary>
    public Phase Phase { get; init; } = Phase.Secrets;

    /// <summary>
    /// An absent file is placed in Prepare: nobody reads it yet. False for a folder that something watches (cron.d, supervisor's conf.d, sudoers.d):
    /// there it waits for <see cref="Phase"/>.
    /// </summary>
    public bool EarlyWhenAbsent { get; init; } = true;

    /// <summary>SHA-256 hex of the content in UTF-8: the runner's note, and the marker that services compare with.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Content)));

    // A spec may be printed; content stays out of it.
    public override string ToString() => $"FileSpec({Path} {Mode} {Owner}:{Group} {Digest[..12]})";
}

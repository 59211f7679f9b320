namespace Reconciler.Remote;

/// <summary>What holds for every session.</summary>
/// <param name="Folder">Made 0700; holds one file of pinned host keys per server.</param>
internal sealed record SshOptions(string Folder)
{
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the login shell may take, after which there is no session.</summary>
    public TimeSpan ReadyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of one reply that are kept.</summary>
    public int OutputCap { get; init; } = 4 * 1024 * 1024;

    /// <summary>Connections kept open; with more servers than that each look opens one anew.</summary>
    public int MostOpen { get; init; } = 1000;

    public string Program { get; init; } = "ssh";
}

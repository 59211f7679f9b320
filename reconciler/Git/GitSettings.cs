namespace Reconciler.Git;

/// <summary>How the git program is called. The defaults are those of production.</summary>
internal sealed record GitSettings
{
    /// <summary>The program; looked up in PATH.</summary>
    public string Program { get; init; } = "git";

    /// <summary>Accept repositories that are folders of this machine (demo and tests).</summary>
    public bool LocalRepositories { get; init; }

    /// <summary>Accept <c>http://</c> and <c>git://</c> (tests).</summary>
    public bool UnencryptedTransports { get; init; }

    /// <summary>Gives the ssh_config that ssh is called with where users have chosen no ssh of their own; null leaves it to ssh.</summary>
    public Func<string>? SshConfig { get; init; }

    public TimeSpan FetchDeadline { get; init; } = TimeSpan.FromMinutes(10);

    public TimeSpan ReadDeadline { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long to wait for another process that fetches into the same mirror.</summary>
    public TimeSpan LockDeadline { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>When a mirror has more packs than this, a fetch joins them: nothing else ever would.</summary>
    public int MostPacks { get; init; } = 50;

    /// <summary>The transports that git may use, as GIT_ALLOW_PROTOCOL wants them.</summary>
    public string AllowedProtocols =>
        "https:ssh" + (LocalRepositories ? ":file" : "") + (UnencryptedTransports ? ":http:git" : "");
}

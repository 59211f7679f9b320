namespace Reconciler.Watching;

/// <summary>Which commit of an application's code is asked about, and where in it things lie. Paths are from the repository's root.</summary>
/// <param name="Branches">As documents write them: <c>main</c>, <c>hotfix/*</c>. The commit must be reachable from one of them.</param>
/// <param name="Commit">The whole id.</param>
internal sealed record CodeRequest(string Repository, IReadOnlyList<string> Branches, string Commit)
{
    /// <summary>Null when there are no requirements to install.</summary>
    public string? Requirements { get; init; }

    public string? Wheelhouse { get; init; }

    /// <summary>The folder that Python starts from (<c>django.directory</c>); empty for the root.</summary>
    public string Directory { get; init; } = "";

    /// <summary>The settings module, as <c>config.settings.production</c>; null when there is none.</summary>
    public string? SettingsModule { get; init; }

    /// <summary>The application's own supervisor.conf, as its services name it on any server.</summary>
    public IReadOnlyList<string> SupervisorConfigs { get; init; } = [];

    /// <summary>All that facts depend on but the branches, which are judged anew each time.</summary>
    public string CacheKey => string.Join('\0', Repository, Commit, Requirements, Wheelhouse, Directory, SettingsModule, string.Join('\n', SupervisorConfigs));
}

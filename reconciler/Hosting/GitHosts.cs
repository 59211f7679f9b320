using System.Net.Http.Headers;

namespace Reconciler.Hosting;

/// <summary>Which API a git host speaks.</summary>
internal enum GitHostKind
{
    GitHub,
    GitLab,
}

/// <summary>One git host as the controller's settings name it.</summary>
/// <param name="Api">Root of its API.</param>
/// <param name="TokenFile">Read for each request; null for what anybody may read.</param>
/// <param name="Repositories">Projects whose repository is fetched from an address that does not name them, by that address.</param>
internal sealed record GitHostSettings(
    string Host, GitHostKind Kind, Uri Api, string? TokenFile, IReadOnlyDictionary<string, string> Repositories)
{
    /// <summary>Where the API of a host of this kind is, unless the settings say otherwise.</summary>
    public static Uri ApiOf(string host, GitHostKind kind) => new((host, kind) switch
    {
        ("github.com", _) => "https://api.github.com",
        (_, GitHostKind.GitHub) => $"https://{host}/api/v3",
        _ => $"https://{host}/api/v4",
    });
}

/// <summary>The git hosts that the controller may ask, by what git fetches from.</summary>
internal sealed class GitHosts : IDisposable
{
    private readonly Dictionary<string, (HostApi Api, IGitHost Host)> _hosts = [];
    private readonly Dictionary<string, ProjectAddress> _named = [];

    public GitHosts(IEnumerable<GitHostSettings> settings, TimeProvider clock)
    {
        foreach (var host in settings)
        {
            var api = new HostApi(new($"{host.Api.ToString().TrimEnd('/')}/"), headers => Authorize(headers, host), clock);
            _hosts[host.Host] = (api, host.Kind == GitHostKind.GitHub ? new GitHubHost(api) : new GitLabHost(api));
            foreach (var (address, project) in host.Repositories)
                _named[address] = new(host.Host, project);
        }
    }

    /// <summary>The project behind what git fetches from; null for a folder of this machine that no git host was named for.</summary>
    public ProjectAddress? ProjectOf(string repository) => _named.GetValueOrDefault(repository) ?? ProjectAddress.Of(repository);

    /// <summary>Null when the settings name no such host.</summary>
    public (IGitHost Host, string Project)? Find(string repository) =>
        ProjectOf(repository) is { } project && _hosts.TryGetValue(project.Host, out var known) ? (known.Host, project.Path) : null;

    private static void Authorize(HttpRequestHeaders headers, GitHostSettings host)
    {
        if (host.Kind == GitHostKind.GitHub)
        {
            headers.Accept.ParseAdd("application/vnd.github+json");
            headers.Accept.ParseAdd("application/json; q=0.9");
            headers.Add("X-GitHub-Api-Version", "2022-11-28");
        }
        if (host.TokenFile is not { } file)
            return;
        var token = TokenFile.Read(file, host.Host);
        if (host.Kind == GitHostKind.GitHub)
            headers.Authorization = new("Bearer", token);
        else
            headers.Add("PRIVATE-TOKEN", token);
    }

    public void Dispose()
    {
        foreach (var (api, _) in _hosts.Values)
            api.Dispose();
    }
}

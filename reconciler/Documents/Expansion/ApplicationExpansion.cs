using Reconciler.Documents.Kinds;
using Reconciler.Model;
using Reconciler.Resources.Account;
using Reconciler.Resources.Code;
using Reconciler.Resources.Migrations;
using Reconciler.Resources.SecretsFile;
using Reconciler.Resources.StaticFiles;
using Reconciler.Resources.VirtualEnvironment;

namespace Reconciler.Documents.Expansion;

/// <summary>One application on all its servers.</summary>
internal sealed class ApplicationExpansion(ExpansionInput input, Placement placement, DesiredApplication documents)
{
    private readonly ApplicationDocument _application = documents.Application.Value;
    private readonly CodeFacts? _code = input.Code.GetValueOrDefault(documents.Name);

    public IReadOnlyList<Resource> Expand()
    {
        var services = new ServiceExpansion(input, placement, documents).Expand().ToList();
        if (_application.Retired)
            return services;
        var web = WebServers();
        var onWeb = web.ToHashSet();
        var migrate = _application.Django?.Migrate.On ?? web.FirstOrDefault();
        var servers = documents.Services.Value.Values
            .Where(service => service.Unit is null)
            .SelectMany(service => placement.On(service.On))
            .Concat(_application.Django is not null && migrate is not null ? [migrate] : [])
            .Distinct().Order(StringComparer.Ordinal).ToList();
        return
        [
            .. servers.SelectMany(server => OnServer(server, onWeb.Contains(server), server == migrate)),
            .. FileExpansion.Expand(input, placement, documents, servers),
            .. services,
            .. new SiteExpansion(input, placement, documents, web, RuntimeOn).Expand(),
        ];
    }

    /// <summary>The maintenance page alone, without a notice by a command, for that is the code's.</summary>
    public IReadOnlyList<Resource> ExpandCovers() => _application.Retired
        ? []
        : [.. new SiteExpansion(input, placement, documents, WebServers(), _ => null).Expand()
            .Where(resource => resource.Id.Kind == "Maintenance")];

    private List<string> WebServers() =>
    [
        .. documents.Services.Value.Values.Where(service => service.Part == Part.Web).SelectMany(service => placement.On(service.On))
            .Distinct().Order(StringComparer.Ordinal),
    ];

    private IEnumerable<Resource> OnServer(string server, bool web, bool migrates)
    {
        var texts = input.Texts(documents, server);
        var origin = documents.Application.Place;
        ResourceId Id(string kind, string name) => new(server, documents.Name, kind, name);
        yield return new(Id("Account", _application.User), new AccountSpec(_application.User), origin);
        foreach (var (name, file) in documents.Secrets.Value)
            yield return new(Id("SecretsFile", name),
                new SecretsFileSpec(RuntimeExpansion.PathOf(_application, file, texts), _application.User, _application.User,
                    ContentOf(input.SecretFile(documents.Name, name)).Digest, input.SecretFile(documents.Name, name))
                { DigestKey = new(input.DigestKey), Within = _application.Path },
                documents.Secrets.KeyPlaceOf(name))
            {
                Provenance = input.Secrets.Provenance.GetValueOrDefault(input.SecretFile(documents.Name, name)),
            };
        if (_code is null)
            yield break;
        var commit = _code.Commit.Id;
        yield return new(Id("Code", "code"),
            new CodeSpec(_application.Path, _application.User, _code.Repository, commit, _application.Code.LocalChanges == LocalChanges.Discard), documents.Application.PlaceOf("code", "commit"));
        if (_application.Python is not { } python)
            yield break;
        var packages = Digests.OfVirtualEnvironment(python, _code);
        var worktree = $"{_application.Path}.d/{commit}";
        yield return new(Id("VirtualEnvironment", "virtualenv"),
            new VirtualEnvironmentSpec(python.Virtualenv, _application.User, packages, python.Interpreter, python.SystemSitePackages,
                $"{worktree}/{texts.Plain(python.Requirements)}", python.Wheelhouse is { } wheels ? $"{worktree}/{texts.Plain(wheels)}" : null, python.Pip),
            documents.Application.PlaceOf("python"));
        foreach (var task in TaskExpansion.Expand(input, documents, server, RuntimeOf(texts, "", "") with { Secrets = [] }, web, migrates))
            yield return task;
        if (_application.Django is not { } django)
            yield break;
        var runtime = RuntimeOf(texts, worktree, $"{python.Virtualenv}.d/{packages}");
        if (web && django.Static is { } folder)
            yield return new(Id("StaticFiles", "static"),
                new StaticFilesSpec(folder, Digests.OfStaticFiles(_code, packages, texts.Plain(django.Settings)), runtime), documents.Application.PlaceOf("django", "static"));
        if (migrates)
            yield return new(Id("Migrations", "migrations"), new MigrationsSpec(runtime, commit, packages)
                {
                    PasswordFiles = PasswordFilesIn(runtime),
                    SecretDigests = [.. runtime.Secrets.Select(file => KeyValuePair.Create(file.Key, file.Value.Digest))],
                },
                documents.Application.PlaceOf("django"));
    }

    private SecretContent ContentOf(SecretFileReference file) => new(file, input.Secrets.Files.GetValueOrDefault(file, SecretDigests.Unresolved));

    private List<string> PasswordFilesIn(ApplicationRuntime runtime)
    {
        var passwords = input.Desired.Host.Databases.Value.Values.Where(database => database.On is not null).Select(database => database.Password).ToList();
        return [.. runtime.Secrets
            .Where(file => file.Key.StartsWith(runtime.Path + "/", StringComparison.Ordinal)
                && passwords.Exists(password => password.StartsWith($"{file.Value.File.Application}/secrets/{file.Value.File.Name}/", StringComparison.Ordinal)))
            .Select(file => file.Key)];
    }

    private ApplicationRuntime? RuntimeOn(string server)
    {
        if (_code is null || _application.Python is not { } python)
            return null;
        return RuntimeOf(input.Texts(documents, server), $"{_application.Path}.d/{_code.Commit.Id}", $"{python.Virtualenv}.d/{Digests.OfVirtualEnvironment(python, _code)}");
    }

    private ApplicationRuntime RuntimeOf(Texts texts, string worktree, string virtualEnvironment) => new(
        documents.Name, _application.User, _application.Path, RuntimeExpansion.DirectoryOf(_application), _application.Python!.Virtualenv,
        worktree, virtualEnvironment, RuntimeExpansion.EnvironmentOf(_application, texts),
        [.. documents.Secrets.Value.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry =>
            KeyValuePair.Create(RuntimeExpansion.PathOf(_application, entry.Value, texts), ContentOf(input.SecretFile(documents.Name, entry.Key))))]);
}

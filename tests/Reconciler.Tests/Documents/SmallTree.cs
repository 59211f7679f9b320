using Reconciler.Documents;
using Reconciler.Documents.Reading;

namespace Reconciler.Tests.Documents;

/// <summary>A valid tree that is as small as one with everything can be: two environments, one application.</summary>
internal static class SmallTree
{
    public const string Commit = "3f9d1c07a1e0b6f5c6f0d2a4f0b1d8e7c9a5b342";

    public static DocumentTree Valid { get; } = new DocumentTree(Trees.Revision, new Dictionary<string, TreeFile>())
        .WithSpec("base/coralnet/application.yaml", """
              path: /srv/www/coralnet
              user: coralnet
              code: {repository: git@github.com:coralnet/coralnet.git, branches: [main]}
              python: {virtualenv: /srv/www/venv, requirements: requirements.txt}
              django: {settings: config.settings}
              database: coralnet
            """)
        .WithSpec("base/coralnet/services.yaml", """
              gunicorn: {part: web, on: [web], port: 8000, command: gunicorn config.wsgi}
              celerybeat: {part: beat, on: [worker], command: celery beat}
            """)
        .WithSpec("base/coralnet/secrets.yaml",
            "  settings: {path: secrets.json, format: json, keys: {DATABASE_PASSWORD: {}}, from: 'env:SECRETS'}\n")
        .WithSpec("base/coralnet/nginx.yaml", "  coralnet: {template: nginx.conf, on: [web]}\n")
        .With("base/coralnet/nginx.conf", "server {\n    listen 80;\n    server_name {{domain}};\n    {{> cover}}\n}\n")
        .WithSpec("base/host/databases.yaml",
            "  coralnet: {on: [worker], owner: coralnet, password: coralnet/secrets/settings/DATABASE_PASSWORD, allow: [web], backup: {mode: dump, to: /var/backups/coralnet}}\n")
        .WithSpec("staging/host/databases.yaml", "  coralnet: null\n")
        .WithSpec("staging/environment.yaml", "  profile: staging\n")
        .WithSpec("staging/servers.yaml", "  staging1: {address: 10.0.1.1, roles: [web, worker]}\n")
        .WithSpec("production/environment.yaml", "  profile: production\n  promotedFrom: {environment: staging, soak: 2h}\n")
        .WithSpec("production/servers.yaml",
            "  web1: {address: 10.0.2.1, roles: [web]}\n  web2: {address: 10.0.2.2, roles: [web]}\n  worker1: {address: 10.0.2.3, roles: [worker]}\n")
        .WithSpec("production/coralnet/application.yaml", $"  code: {{commit: {Commit}}}\n  values: {{domain: coralnet.example}}\n");

    public static DocumentTree WithSpec(this DocumentTree tree, string path, string spec) => tree.With(path, Envelope(path) + spec);

    /// <summary>The four lines before a spec.</summary>
    public static string Envelope(string path)
    {
        var parts = path.Split('/');
        var kind = DocumentKind.All.SingleOrDefault(candidate => candidate.FileName == parts[^1])?.Name ?? "Unknown";
        return $"apiVersion: reconciler/v1\nkind: {kind}\nmetadata: {{name: {parts[^2]}}}\nspec:\n";
    }
}

using Reconciler.Documents;
using Reconciler.Documents.Expansion;
using Reconciler.Documents.Reading;
using Reconciler.Model;

namespace Reconciler.Tests.Documents.Expansion;

/// <summary>The shipped example (two environments), expanded as a turn would, with what the mirrors and the secret sources would say about it.</summary>
internal sealed record Expanded
{
    public const string OldCommit = "3f9d1c07a1e0b6f5c6f0d2a4f0b1d8e7c9a5b342";
    public const string NewCommit = "7ab20000a1e0b6f5c6f0d2a4f0b1d8e7c9a5b342";

    public DocumentTree Tree { get; init; } = Trees.Example;

    public string Environment { get; init; } = "production";

    public string Commit { get; init; } = OldCommit;

    public string Requirements { get; init; } = "Django==5.0\n";

    public string StaticInputs { get; init; } = "static-inputs-1";

    public string Secret { get; init; } = "secret-digest-1";

    public string Password { get; init; } = "password-digest-1";

    /// <summary>Whom DATABASE_USER of coralnet names; null: the example as it is shipped, whose owner logs in.</summary>
    public string? Login { get; init; }

    /// <summary>With two logins by turns, of whom one is in use.</summary>
    public Expanded WithLogins(string inUse) => (this with { Login = inUse })
        .With("base/host/databases.yaml", "    owner: coralnet\n", "    owner: coralnet\n    logins: [coralnet_a, coralnet_b]\n"
            + "    user: coralnet/secrets/settings/DATABASE_USER\n")
        .With("base/coralnet/secrets.yaml", "DATABASE_PASSWORD: {}", "DATABASE_USER: {}, DATABASE_PASSWORD: {}");

    public Expanded With(string path, string old, string text) => this with { Tree = Tree.Replacing(path, old, text) };

    public Expanded With(string path, string content) => this with { Tree = Tree.With(path, content) };

    /// <summary>As if the commit line had been changed.</summary>
    public Expanded At(string commit) => With($"{Environment}/coralnet/application.yaml", OldCommit, commit) with { Commit = commit };

    public ExpansionInput Input()
    {
        var read = DocumentReader.Read(Tree, ReadOptions.Default);
        read.Diagnostics.Where(fault => fault.Severity == Severity.Error).Select(fault => $"{fault}").ShouldBeEmpty();
        SecretFileReference[] files = [new(Environment, "coralnet", "settings"), new(Environment, "atlas", "settings")];
        return new(
            read.Environments[Environment],
            new Dictionary<string, CodeFacts> { ["coralnet"] = Code(), ["atlas"] = Atlas },
            new(files.ToDictionary(file => file, file => file.Application == "coralnet" ? Secret : "secret-digest"),
                files.ToDictionary(file => new SecretReference(file, "DATABASE_PASSWORD"),
                    file => file.Application == "coralnet" ? Password : "password-digest"))
            {
                Logins = Login is null ? new Dictionary<SecretReference, string>()
                    : new Dictionary<SecretReference, string> { [new(files[0], "DATABASE_USER")] = Login },
            },
            "ledger-key",
            new Dictionary<string, string> { ["coralnet"] = "base-digest", ["atlas"] = "base-digest" },
            new Dictionary<string, string>());
    }

    public ExpandedEnvironment Expand() => Expander.Expand(Input());

    public Unit Application => Expand().Units.Single(unit => unit.Application == "coralnet");

    private static readonly CodeFacts Atlas = new("git@github.com:coralnet/atlas.git",
        new CommitInfo("5b1e07d6c2f94a8830d7e6f1a2b3c4d5e6f70819", "Ada <ada@example.org>", "Show species", DateTimeOffset.UnixEpoch))
    {
        StaticInputs = "static-inputs",
        Requirements = [new("requirements.txt", "Django==5.0\n")],
        Wheelhouse = new("wheels", "tree-2", ["Django-5.0.tar.gz"]),
    };

    private CodeFacts Code() => new("git@github.com:coralnet/coralnet.git", new CommitInfo(Commit, "Ada <ada@example.org>", "Show reefs", DateTimeOffset.UnixEpoch))
    {
        StaticInputs = StaticInputs,
        Requirements = [new($"requirements/{Environment}.txt", Requirements)],
        Wheelhouse = new("requirements/sdists", "tree-1", ["Django-5.0.tar.gz"]),
    };
}

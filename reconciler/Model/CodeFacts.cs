namespace Reconciler.Model;

/// <summary>What the planner needs to know of one commit of an application's code, read from the controller's mirror.</summary>
internal sealed record CodeFacts(string Repository, CommitInfo Commit)
{
    /// <summary>Those of the application's branches that reach the commit. Empty only for a commit that already runs and was not judged again.</summary>
    public IReadOnlyList<string> ReachableFrom { get; init; } = [];

    /// <summary>The requirements file, first, and every file that it takes in with <c>-r</c> or <c>-c</c>, each once. Empty when none was asked for.</summary>
    public IReadOnlyList<RequirementsFile> Requirements { get; init; } = [];

    public Wheelhouse? Wheelhouse { get; init; }

    /// <summary>SHA-256 hex over path, mode and content of everything from which static files may be made: all but *.py, *.md and tests, plus the settings.</summary>
    public required string StaticInputs { get; init; }

    /// <summary>Text by path, of those supervisor.conf that services name and the commit has.</summary>
    public IReadOnlyDictionary<string, string> SupervisorConfigs { get; init; } = new Dictionary<string, string>();

    /// <summary>Sorted by application label, then name.</summary>
    public IReadOnlyList<MigrationFile> Migrations { get; init; } = [];

    /// <summary>Path to mode (<c>100644</c>, <c>100755</c>, <c>120000</c> a link, <c>160000</c> a submodule) and object id.</summary>
    public IReadOnlyDictionary<string, CodeFile> Files { get; init; } = new Dictionary<string, CodeFile>();
}

internal sealed record CodeFile(string Mode, string ObjectId);

/// <param name="Path">From the root of the repository.</param>
internal sealed record RequirementsFile(string Path, string Text);

/// <summary>A folder of packages to install from, never from an index.</summary>
/// <param name="TreeId">The folder's git tree id, which changes with any file in it.</param>
/// <param name="Files">Names, sorted; folders within it are not looked into.</param>
internal sealed record Wheelhouse(string Path, string TreeId, IReadOnlyList<string> Files);

/// <param name="Application">The name of the folder that holds <c>migrations</c>: Django's label, unless an AppConfig says otherwise.</param>
/// <param name="Name">As in <c>django_migrations</c>: <c>0003_add_user</c>.</param>
internal sealed record MigrationFile(string Application, string Name, string Path);

/// <summary>How one commit stands to another.</summary>
internal enum CommitRelation
{
    Same,

    /// <summary>The second descends from the first.</summary>
    Forward,

    /// <summary>The second is an ancestor of the first: going back.</summary>
    Back,

    Diverged,
}

using System.ComponentModel;
using System.Text.Json.Serialization;
using Reconciler.Documents.Contracts;

namespace Reconciler.Documents.Kinds;

/// <summary><c>APPLICATION/application.yaml</c>: the code, what it runs in, and what it is told.</summary>
[NotYet("tasks", "verify")]
internal sealed record ApplicationDocument
{
    [Description("Where the code is checked out.")]
    [Form(Form.DeployPath)]
    public required string Path { get; init; }

    [Description("git, pip, manage.py and the services run as this user, never as root. Created if missing.")]
    [Form(Form.User)]
    public required string User { get; init; }

    [Description("Which commit runs, and where it comes from.")]
    public required CodeSource Code { get; init; }

    [Description("The virtualenv.")]
    public PythonSettings? Python { get; init; }

    [Description("For a Django project: where manage.py is, and which settings it takes.")]
    public DjangoSettings? Django { get; init; }

    [Description("How users are told of maintenance before it begins: commands of the site, which run on every server with a `part: web` service; a file that it looks for; or a banner that nginx puts into its pages.")]
    public NoticeCommands? Notice { get; init; }

    [Description("Its entry in databases.yaml: backed up before migrations.")]
    [Form(Form.Name)]
    public string? Database { get; init; }

    [Description("Environment variables of every command and service. No secrets: those come by file.")]
    [Keys(Form.Variable), Form(Form.Line), Templated, AsWritten]
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    [Description("What {{name}} stands for in this application's documents.")]
    [Keys(Form.ValueName), Form(Form.Line), AsWritten]
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();

    [Description("Values for single servers: they win over all others.")]
    [Keys(Form.Name, Form.ValueName), Form(Form.Line), AsWritten]
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Servers { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    [Description("Log files of the application, absolute, with * for any characters but /: `reconciler logs` shows their ends, and what is new in them is attached to a check that fails. They are read as `user`.")]
    [Form(Form.LogPath)]
    public IReadOnlyList<string> Logs { get; init; } = [];

    [Description("Where the site keeps errors besides files: `reconciler logs` shows them, and what is new is attached to a check that fails.")]
    public ErrorLog? Errors { get; init; }

    [Description("true: its services are stopped and disabled here. The folder may be deleted only after that.")]
    public bool Retired { get; init; }
}

internal sealed record CodeSource
{
    [Description("git@HOST:PATH, ssh://USER@HOST/PATH or https://HOST/PATH, without a password.")]
    [Form(Form.Repository)]
    public required string Repository { get; init; }

    [Description("A commit that none of these reaches is refused.")]
    [Form(Form.Branch), NotEmpty]
    public required IReadOnlyList<string> Branches { get; init; }

    [Description("The commit that runs, all 40 digits. Changing this line is a deploy.")]
    [Form(Form.Sha)]
    public required string Commit { get; init; }

    [Description("Checks that must be green on the commit before anything is done with it, by the names that the git host shows: check runs and commit statuses of GitHub; jobs of GitLab, or `pipeline` for the newest one as a whole. Pending waits, red waits for a newer commit.")]
    [Form(Form.Line)]
    public IReadOnlyList<string> RequiredChecks { get; init; } = [];

    [Description("The controller itself moves `commit`, by a commit of its own or by one pull request that is updated, and only forward; a commit by which a person moves it stops this until `resume`.")]
    public Follow? Follow { get; init; }

    [Description("Edits on the server: refuse, or discard (a patch and unpushed commits are kept).")]
    public LocalChanges LocalChanges { get; init; } = LocalChanges.Refuse;
}

/// <summary>Exactly one of branch and environment is set.</summary>
internal sealed record Follow
{
    [Description("The newest commit of this branch of the code, once its requiredChecks are green.")]
    [Form(Form.WholeBranch)]
    public string? Branch { get; init; }

    [Description("The commit that another environment runs, once it is healthy there.")]
    [Form(Form.Name)]
    public string? Environment { get; init; }

    [Description("With `environment`: for how long it must have been healthy there, as 2h. (at once)")]
    [Bounds(0, 30 * 86400)]
    public TimeSpan? After { get; init; }

    [Description("commit: to the followed branch of the desired state; pullRequest: to a branch of its own, with a pull request. The controller needs the right to push.")]
    public FollowBy By { get; init; } = FollowBy.Commit;
}

[JsonConverter(typeof(WordConverter<FollowBy>))]
internal enum FollowBy
{
    Commit,
    PullRequest,
}

[JsonConverter(typeof(WordConverter<LocalChanges>))]
internal enum LocalChanges
{
    Refuse,
    Discard,
}

internal sealed record PythonSettings
{
    [Description("The interpreter of the virtualenv.")]
    [Form(Form.FilePath)]
    public string Interpreter { get; init; } = "/usr/bin/python3";

    [Description("Whether the virtualenv sees the system's packages.")]
    public bool SystemSitePackages { get; init; }

    [Description("A link to PATH.d/DIGEST, built beside the old one.")]
    [Form(Form.DeployPath)]
    public required string Virtualenv { get; init; }

    [Description("Requirements file in the code.")]
    [Form(Form.RelativePath), Templated]
    public required string Requirements { get; init; }

    [Description("Folder in the code to install from, never from an index.")]
    [Form(Form.RelativePath), Templated]
    public string? Wheelhouse { get; init; }

    [Description("Version of pip itself; without it the one that comes with the interpreter.")]
    [Form(Form.PythonVersion), AsWritten]
    public string? Pip { get; init; }
}

internal sealed record DjangoSettings
{
    [Description("Folder of manage.py in the code; without it the top.")]
    [Form(Form.RelativePath)]
    public string? Directory { get; init; }

    [Description("Settings module.")]
    [Form(Form.PythonModule), Templated]
    public required string Settings { get; init; }

    [Description("Where nginx finds the collected static files; the site's STATIC_ROOT. Without it, none are collected.")]
    [Form(Form.DeployPath)]
    public string? Static { get; init; }

    [Description("From where migrations are run.")]
    public MigrateSettings Migrate { get; init; } = new();
}

internal sealed record MigrateSettings
{
    [Description("Server; without it the first by name with a `part: web` service.")]
    [Form(Form.Name)]
    public string? On { get; init; }
}

internal sealed record NoticeCommands
{
    [Description("Puts the notice up. {{startsAt}}, {{endsAt}} (RFC 3339, UTC) and {{message}} are known in it; the message comes as one quoted word.")]
    [Form(Form.Command), Templated]
    public string? On { get; init; }

    [Description("Takes the notice down; goes with `on`.")]
    [Form(Form.Command), Templated]
    public string? Off { get; init; }

    [Description("Instead of commands: a file that the site looks for, absolute. While there is a notice it holds JSON with startsAt, endsAt (RFC 3339, UTC; null where there is none) and message; else it is not there. The application's user writes it, atomically, into a folder that is there.")]
    [Form(Form.FilePath), Templated]
    public string? File { get; init; }

    [Description("true: instead of commands, for a site that has nothing of its own. nginx puts a banner into HTML pages before </body>, where a site's template has {{> notice}}: in the location with proxy_pass. nginx is reloaded for it, and no service is restarted; it needs ngx_http_sub_module, which Debian's has. Meanwhile the application is asked for pages that are not compressed.")]
    public bool Banner { get; init; }

    [Description("What the banner says: text, not markup. {{startsAt}}, {{endsAt}} and {{message}} are known in it. Without it, when maintenance begins, when it is to be over if the flag says so, and the flag's message.")]
    [Form(Form.Line), Templated]
    public string? Text { get; init; }

    /// <summary>The banner's text as a template.</summary>
    public string TextFor(MaintenanceDocument flag) => Text
        ?? "Maintenance begins at {{startsAt}}" + (flag.EndsAt is null ? "" : " and is to be over by {{endsAt}}") + (flag.Message is null ? "." : ". {{message}}");
}

internal sealed record ErrorLog
{
    [Description("One SELECT on the site's own database, the newest row last. `manage.py shell` runs it on the server of the migrations, as `user`; "
        + "PostgreSQL lets it read only, for at most 10 s.")]
    [Form(Form.Query)]
    public string? Query { get; init; }

    [Description("The page where people read them.")]
    [Form(Form.WebPage)]
    public string? Url { get; init; }
}

namespace Reconciler.Documents.Contracts;

/// <summary>What a piece of text must look like. The patterns, and what they allow, stand elsewhere.</summary>
internal enum Form
{
    /// <summary>Any one line: no control characters.</summary>
    Line,

    /// <summary>Any text.</summary>
    Text,

    /// <summary>Of an environment, application, server, role, service, site, check, file.</summary>
    Name,

    /// <summary>Of a value that <c>{{name}}</c> stands for.</summary>
    ValueName,

    /// <summary>Login of a Linux account; never root.</summary>
    User,

    /// <summary>Owner or group of a file; may be root.</summary>
    Owner,

    /// <summary>40 hex digits, lower case.</summary>
    Sha,

    /// <summary>IPv4, IPv6 or a host name.</summary>
    Address,

    /// <summary>A public key as in known_hosts: type and base64.</summary>
    HostKey,

    /// <summary>Where git fetches from.</summary>
    Repository,

    /// <summary>A branch, or <c>folder/*</c>.</summary>
    Branch,

    /// <summary>One branch.</summary>
    WholeBranch,

    /// <summary>A path of the controller itself: absolute, without <c>..</c>.</summary>
    ControllerPath,

    /// <summary>Where the controller listens: <c>ADDRESS:PORT</c>, or <c>none</c>.</summary>
    Listen,

    /// <summary>Absolute, without <c>..</c>; not in a place that belongs to the system.</summary>
    FilePath,

    /// <summary>As <see cref="FilePath"/>, and deep enough to be an application's own.</summary>
    DeployPath,

    /// <summary>As <see cref="FilePath"/>, with <c>*</c> allowed.</summary>
    LogPath,

    /// <summary>One SELECT in SQL, on one line.</summary>
    Query,

    /// <summary>What a browser opens, without a password in it.</summary>
    WebPage,

    /// <summary>Root of a git host's API.</summary>
    ApiRoot,

    /// <summary>A repository as its git host knows it: <c>OWNER/NAME</c>.</summary>
    ProjectPath,

    /// <summary>Relative, without <c>..</c>.</summary>
    RelativePath,

    /// <summary>Absolute or relative, without <c>..</c>.</summary>
    AnyPath,

    /// <summary>What a symbolic link says: absolute, or relative to the link's folder, where <c>..</c> is allowed.</summary>
    LinkTarget,

    /// <summary>Path of a page: begins with a slash.</summary>
    UrlPath,

    /// <summary>Path of a page that is never covered; all beneath it too when it ends in a slash.</summary>
    ExceptPath,

    /// <summary>Host name in a request.</summary>
    HostName,

    /// <summary>An environment variable that a document may set.</summary>
    Variable,

    /// <summary>A key of a secrets file.</summary>
    SecretKey,

    /// <summary>Where a secret comes from: <c>env:NAME</c>, <c>file:PATH</c>.</summary>
    SecretSource,

    /// <summary>A region of AWS, as <c>eu-central-1</c>.</summary>
    AwsRegion,

    /// <summary>A profile of <c>~/.aws/config</c>.</summary>
    AwsProfile,

    /// <summary>A version of AWS Secrets Manager: its id, or <c>stage:NAME</c>.</summary>
    SecretVersion,

    /// <summary><c>APPLICATION/secrets/FILE/KEY</c>.</summary>
    SecretKeyReference,

    /// <summary>What a service reads: <c>code</c>, <c>virtualenv</c>, <c>secrets/NAME</c>, <c>files/NAME</c>, <c>APPLICATION/secrets/NAME</c>.</summary>
    Reads,

    /// <summary>What an acknowledgement is for: <c>APP@SHA40</c>, <c>server:NAME</c>, <c>server:NAME/RESOURCE</c>, <c>plan:HASH</c>, <c>task:APP/NAME@RUN</c>.</summary>
    Subject,

    /// <summary>Words as sh splits them; nothing is expanded.</summary>
    Command,

    /// <summary>Name of a supervisor program.</summary>
    Program,

    /// <summary>Name of a systemd unit, with or without its suffix.</summary>
    Unit,

    /// <summary>An extended regular expression for a command line.</summary>
    ProcessPattern,

    /// <summary>A dotted Python module.</summary>
    PythonModule,

    /// <summary>A Debian package.</summary>
    Package,

    /// <summary>A whole Debian version.</summary>
    PackageVersion,

    /// <summary>A version as pip writes it.</summary>
    PythonVersion,

    /// <summary>Octal, four digits: <c>0644</c>.</summary>
    Mode,

    /// <summary>A PostgreSQL role or database.</summary>
    DatabaseName,

    /// <summary>A phase that a profile may skip.</summary>
    SkippablePhase,

    /// <summary>A resource kind, or <c>default</c>.</summary>
    ResourceKind,

    /// <summary>Cron, or one time with an offset.</summary>
    WindowStart,

    /// <summary>Of the time zone database: <c>Europe/Berlin</c>.</summary>
    TimeZone,
}

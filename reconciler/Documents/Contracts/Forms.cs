using System.Text.RegularExpressions;
using Reconciler.Documents.Yaml;
using Reconciler.Model;
using Reconciler.Resources.NginxSite;

namespace Reconciler.Documents.Contracts;

/// <summary>How a form is judged: by a pattern, and where a pattern does not suffice by a function.</summary>
/// <param name="Pattern">Anchored, in the dialect that ECMA-262 and .NET share: it goes into the JSON Schemas too.</param>
/// <param name="Allowed">For a person, after "must be".</param>
/// <param name="Fault">A sentence about what the pattern cannot say; null when the text is fine.</param>
internal sealed record FormRule(string Pattern, string Allowed, int Longest, Func<string, string?>? Fault = null)
{
    /// <summary>Somebody may have put a secret itself there: what is written is never shown.</summary>
    public bool Hidden { get; init; }

    // Made when first asked: there are many forms, and a start needs few of them.
    private readonly Lazy<Regex> _regex = new(() => new Regex(Pattern, RegexOptions.CultureInvariant));

    /// <summary>The text for a diagnostic.</summary>
    public string Show(string text) => Hidden || text.Contains("PRIVATE KEY", StringComparison.Ordinal) ? "what stands here" : Shown.Value(text);

    /// <summary>Null when the text has the form, else what is wrong with it, after the text itself: "is not a name".</summary>
    public string? Judge(string text)
    {
        if (text.Length > Longest)
            return $"has {text.Length} characters, of which {Longest} are allowed";
        return Fault?.Invoke(text) ?? (_regex.Value.IsMatch(text) ? null : "does not have the right form");
    }
}

/// <summary>The one place that says what texts must look like.</summary>
internal static class Forms
{
    public const string NamePattern = "^[a-z][a-z0-9-]{0,62}$";

    private const string NameAllowed = "a lower-case letter, then up to 62 lower-case letters, digits or hyphens";

    public static FormRule Of(Form form) => Rules[form];

    private static IReadOnlyDictionary<Form, FormRule> Rules { get; } = new Dictionary<Form, FormRule>
    {
        [Form.Line] = new("^[^\\x00-\\x1f\\x7f]*$", "one line of text, up to 2000 characters", 2000),
        [Form.Text] = new("^[^\\x00]*$", "text", SourceLimit),
        [Form.Name] = new(NamePattern, NameAllowed, 63),
        [Form.ValueName] = new("^[a-z][A-Za-z0-9_]{0,62}$", "a lower-case letter, then letters, digits or underscores; not a word that is known anyway (environment, application, server, servers, ...)", 63, ValueNames.FaultOf),
        [Form.User] = new("^[a-z_][a-z0-9_-]{0,31}$", "a login of lower-case letters, digits, - and _, not root", 32, text => text == "root" ? "may not be root" : null),
        [Form.Owner] = new("^[a-z_][a-z0-9_-]{0,31}$", "a login of lower-case letters, digits, - and _", 32),
        [Form.Sha] = new("^[0-9a-f]{40}$", "a whole commit, 40 hex digits in lower case", 64, ShaFault),
        [Form.Address] = new("^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$|^[0-9a-fA-F:]{2,45}$", "an IPv4 or IPv6 address or a host name", 253, Addresses.FaultOf),
        [Form.HostKey] = new("^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\\.com) [A-Za-z0-9+/]+={0,2}$", "a public key as in known_hosts: type and base64, as `ssh-ed25519 AAAA...`", 2000, HostKeys.FaultOf),
        [Form.Repository] = new("^[A-Za-z0-9/][A-Za-z0-9@:/._~+%-]*$", Repositories.Allowed, 500, Repositories.FaultOf),
        [Form.Branch] = new("^[A-Za-z0-9_][A-Za-z0-9_./+-]{0,199}(/\\*)?$|^\\*$", "a branch name, or folder/*", 202, BranchFault),
        [Form.WholeBranch] = new("^[A-Za-z0-9_][A-Za-z0-9_./+-]{0,199}$", "a branch name", 200, BranchFault),
        [Form.ControllerPath] = new("^/[A-Za-z0-9@%+=:,._/-]*$", "an absolute path without `..`", 400, Paths.AbsoluteFault),
        [Form.Listen] = new("^none$|^([0-9.]{7,15}|\\[[0-9a-fA-F:]{2,39}\\]):[0-9]{1,5}$", ListenAddresses.Allowed, 60,
            ListenAddresses.FaultOf),
        [Form.FilePath] = new("^/[A-Za-z0-9@%+=:,._/-]*$", "an absolute path without `..`", 400, Paths.FileFault),
        [Form.DeployPath] = new("^/[A-Za-z0-9@%+=:,._/-]*$", "an absolute path of its own, as /srv/www/NAME, without `..`", 400, Paths.DeployFault),
        [Form.LogPath] = new("^/[A-Za-z0-9@%+=:,._/*-]*$", "an absolute path, with * for any characters but /, without `..`", 400, Paths.AbsoluteFault),
        [Form.RelativePath] = new("^[A-Za-z0-9@%+=,._][A-Za-z0-9@%+=:,._/-]*$", "a relative path without `..`", 400, Paths.RelativeFault),
        [Form.AnyPath] = new("^[A-Za-z0-9@%+=,._/][A-Za-z0-9@%+=:,._/-]*$", "a path without `..`", 400, Paths.AnyFault),
        [Form.LinkTarget] = new("^[A-Za-z0-9@%+=,._/][A-Za-z0-9@%+=:,._/-]*$", "a path", 400),
        [Form.UrlPath] = new("^/[A-Za-z0-9._~!&*+,=:@%/?-]*$", "a path that begins with /, escaped as in a URL", 500),
        [Form.ExceptPath] = new("^/[A-Za-z0-9._~@:+,=/-]+$", "a path but / alone, as nginx decodes it; all beneath it too when it ends in /", 500, text => CoverPartial.IsExceptable(text) ? null : "cannot be left uncovered"),
        // A backslash would be a command of psql's own.
        [Form.Query] = new("^(SELECT|WITH|select|with) [^\\x00-\\x1f\\x7f;\\\\]+$", "one SELECT on one line, without ; and \\", 2000),
        [Form.WebPage] = new("^https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~!&*+,=:@%/?#-]*)?$", "http:// or https:// and what follows, without a password", 500),
        // A token never travels in the clear, but to this machine itself.
        [Form.ApiRoot] = new("^https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?$|^http://(127\\.0\\.0\\.1|localhost)(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?$", "https:// and what follows", 300),
        [Form.ProjectPath] = new("^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$", "OWNER/NAME", 300),
        [Form.HostName] = new("^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$", "a host name", 253),
        [Form.Variable] = new("^[A-Z_][A-Z0-9_]{0,99}$", "an environment variable in capitals, not one that decides what is run (PATH, LD_PRELOAD, PYTHONPATH, ...)", 100, Variables.FaultOf),
        [Form.SecretKey] = new("^[A-Za-z_][A-Za-z0-9_]{0,99}$", "letters, digits and underscores", 100),
        // Names: CreateSecret in secretsmanager/2017-10-17; ARNs have colons.
        [Form.SecretSource] = new(
            "^env:[A-Za-z_][A-Za-z0-9_]*$|^file:/[A-Za-z0-9@%+=:,._/-]+$|^aws:[A-Za-z0-9/_+=.@:-]+(#[A-Za-z_][A-Za-z0-9_.-]*)?$"
                + "|^age:[A-Za-z0-9@%+=,_][A-Za-z0-9@%+=,._/-]*(#[A-Za-z_][A-Za-z0-9_.-]*)?$",
            "aws:NAME, age:FILE, env:NAME or file:/PATH", 2200, SecretSources.FaultOf) { Hidden = true },
        [Form.AwsRegion] = new("^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$", "a region, as eu-central-1", 40),
        [Form.AwsProfile] = new("^[A-Za-z0-9._@+-]{1,100}$", "the name of a profile", 100),
        // VersionId and VersionStage there.
        [Form.SecretVersion] = new("^[A-Za-z0-9-]{32,64}$|^stage:[^\\x00-\\x20\\x7f]+$", "the version's id, 32 to 64 characters, or stage:NAME", 270) { Hidden = true },
        [Form.SecretKeyReference] = new("^[a-z][a-z0-9-]*/secrets/[a-z][a-z0-9-]*/[A-Za-z_][A-Za-z0-9_]*$", "APPLICATION/secrets/FILE/KEY", 300) { Hidden = true },
        [Form.Reads] = new("^(code|virtualenv|(secrets|files)/[a-z][a-z0-9-]*|[a-z][a-z0-9-]*/secrets/[a-z][a-z0-9-]*)$", "code, virtualenv, secrets/NAME, files/NAME or APPLICATION/secrets/NAME", 200),
        [Form.Subject] = new("^([a-z][a-z0-9-]*@[0-9a-f]{40}|task:[a-z][a-z0-9-]*/[a-z][a-z0-9-]*@[0-9]{1,7}|breach:[A-Za-z0-9_/-]+@[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)$",
            "APPLICATION@COMMIT, the whole commit of 40 digits, task:APPLICATION/NAME@RUN, or breach:TASK@TIME", 300, SubjectFault),
        [Form.Command] = new("^[^\\x00-\\x1f\\x7f]+$", "a command line on one line, with every quote closed; it runs without a shell", 2000, Commands.FaultOf),
        [Form.Program] = new("^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,99})?$", "a supervisor program, or GROUP:PROGRAM for one in a group", 128),
        [Form.Unit] = new("^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,199}$", "a systemd unit", 200),
        [Form.ProcessPattern] = new("^[^\\x00-\\x1f\\x7f]{3,300}$", "an extended regular expression of at least three characters", 300),
        [Form.PythonModule] = new("^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$", "a dotted Python module", 200),
        [Form.Package] = new("^[a-z0-9][a-z0-9+.-]{1,99}$", "a Debian package", 100),
        [Form.PackageVersion] = new("^[A-Za-z0-9][A-Za-z0-9.+:~-]{0,99}$", "a whole Debian version", 100),
        [Form.PythonVersion] = new("^[0-9][A-Za-z0-9.!+]{0,49}$", "a version", 50),
        [Form.Mode] = new("^0[0-7]{3}$", "four octal digits, as 0644", 4),
        [Form.DatabaseName] = new("^[a-z_][a-z0-9_-]{0,62}$", "lower-case letters, digits, - and _", 63, text => text is "postgres" or "template0" or "template1" ? "belongs to PostgreSQL itself" : null),
        [Form.SkippablePhase] = new("^(Announce|Wait|Cover)$", "Announce, Wait or Cover: no other phase may be skipped", 20),
        [Form.ResourceKind] = new("^[A-Za-z]{1,40}$", "a resource kind, or default", 40),
        [Form.WindowStart] = new("^[0-9*][0-9*/, -]* [0-9*/, -]+$|^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(Z|[+-][0-9]{2}:[0-9]{2})$",
            "five fields as for cron, as `0 8 * * 1-5`, or one time, as 2026-12-24T18:00:00Z", 100, WindowStartFault),
        [Form.TimeZone] = new("^[A-Za-z][A-Za-z0-9_+/-]{0,60}$",
            "a name of the time zone database, as Europe/Berlin, that this machine has (Debian package tzdata)", 61, TimeZoneFault),
    };

    private const int SourceLimit = 1024 * 1024;

    private static string? ShaFault(string text) =>
        text.Length is >= 4 and < 40 && text.All(char.IsAsciiHexDigit) ? $"is a short commit of {text.Length} digits" : null;

    private static string? WindowStartFault(string text) =>
        text.Contains('T') ? (ChangeWindow.FixedStart(text) is null ? "is not a time" : null) : CronExpression.FaultOf(text);

    private static string? TimeZoneFault(string text) => TimeZoneInfo.TryFindSystemTimeZoneById(text, out _) ? null : "is not a time zone";

    private static string? BranchFault(string text) =>
        text.Contains("..") || text.Contains("//") || text.Contains("/.") || text.EndsWith('.') || text.EndsWith('/')
            || text.Split('/').Any(part => part.EndsWith(".lock"))
            ? "is not a branch name to git" : null;

    private static string? SubjectFault(string text) => text.Split(':')[0] is "server" or "plan" && text.Contains(':')
        ? $"is for a {text.Split(':')[0]}, which is not in this version: an acknowledgement is for one commit of one application" : null;
}

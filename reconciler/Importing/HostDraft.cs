using System.Text.RegularExpressions;
using Reconciler.Documents.Contracts;

namespace Reconciler.Importing;

/// <summary>host/: packages, backing services, databases.</summary>
internal static partial class HostDraft
{
    public static void Write(Draft draft)
    {
        Packages(draft);
        Services(draft);
        Databases(draft);
    }

    /// <summary>The entry that databases.yaml gets; null where none can be written.</summary>
    public static string? DatabaseOf(Draft draft) =>
        draft.Found.Django is { Database: { } name, Role: { } role, PasswordKey: { } key } django
        && IsPostgreSql(django) && (!IsHere(draft.Found) || draft.Found.HasPostgreSql)
        && Forms.Of(Form.DatabaseName).Judge(role) is null && Forms.Of(Form.Name).Judge(name) is null
        && draft.SecretNames.ContainsKey(key.File)
            ? name
            : null;

    private static bool IsPostgreSql(SeenDjango django) => django.Engine?.Contains("postg", StringComparison.Ordinal) == true;

    private static bool IsHere(Findings found) =>
        found.Django?.Host is null or "localhost" or "127.0.0.1" or "::1" || found.Django.Host.StartsWith('/')
            || found.Django.Host == found.Request.Address;

    private static void Packages(Draft draft)
    {
        var packages = new YamlDraft("Packages", "host");
        packages.Add("spec:");
        var known = draft.Found.Server.Packages.Where(package => Known().IsMatch(package)).Distinct()
            .Order(StringComparer.Ordinal).ToList();
        foreach (var package in known)
            packages.Add($"  {YamlDraft.Of(package)}: {(RoleOf(draft, package) is { } role ? $"{{on: [{role}]}}" : "{}")}",
                "apt-mark showmanual");
        if (known.Count > 0)
            draft.Add("host/packages.yaml", packages);
        var others = draft.Found.Server.Packages.Count - known.Count;
        if (others > 0)
            draft.LeftAlone.Add(new($"{others} other package(s) of apt-mark showmanual", "no document is about them; add "
                + "those that the site needs to host/packages.yaml"));
    }

    private static string? RoleOf(Draft draft, string package) =>
        new[] { ("nginx", "web"), ("redis", "redis"), ("postgresql", "database") }
            .Where(pair => package.StartsWith(pair.Item1, StringComparison.Ordinal)
            && !package.Contains("client", StringComparison.Ordinal) && draft.Found.Roles.Contains(pair.Item2))
            .Select(pair => pair.Item2).FirstOrDefault();

    private static void Services(Draft draft)
    {
        var services = new YamlDraft("Services", "host");
        services.Add("spec:");
        if (draft.Found.HasNginx && draft.Found.Roles.Contains("web"))
            services.Add("  nginx: {part: backing, on: [web], unit: nginx, onChange: reload}", "running");
        if (draft.Found.HasRedis)
            services.Add("  redis: {part: backing, on: [redis], unit: redis-server}", "running");
        if (draft.Found.HasNginx || draft.Found.HasRedis)
            draft.Add("host/services.yaml", services);
        if (!draft.Found.HasRedis
            && draft.Found.Server.Processes.Any(process => process.Arguments.Contains("redis-server", StringComparison.Ordinal)))
            draft.LeftAlone.Add(new("redis-server", "it was started by hand, and no unit would start it after a reboot: "
                + "stop it, `systemctl enable --now redis-server`, "
                + "then write redis: {part: backing, on: [redis], unit: redis-server} into host/services.yaml"));
    }

    private static void Databases(Draft draft)
    {
        var found = draft.Found;
        if (found.Django is not { Engine: not null } django)
        {
            draft.LeftAlone.Add(new("the database", "Django could not be asked about it: write it into host/databases.yaml"));
            return;
        }
        if (draft.Database is not { } name)
        {
            draft.LeftAlone.Add(new($"the database {django.Database ?? ""} ({django.Engine})".Replace("  ", " "),
                WhyNoDatabase(found, django)));
            return;
        }
        var (file, key) = django.PasswordKey!.Value;
        var databases = new YamlDraft("Databases", "host");
        databases.Add("spec:");
        databases.Add($"  {name}:", "as Django's settings say");
        if (IsHere(found))
            databases.Add("    on: [database]");
        else
            databases.Add($"    address: {YamlDraft.Of(django.Host!)}");
        if (!IsHere(found) && django.Port is { } port and not "5432")
            databases.Add($"    port: {port}");
        databases.Add($"    owner: {django.Role}");
        databases.Add($"    password: {draft.Request.Application}/secrets/{draft.SecretNames[file]}/{key}",
            "the key whose value Django logs in with");
        if (IsHere(found))
            databases.Add($"    backup: {{mode: dump, to: /var/backups/{draft.Request.Application}, keep: 7}}",
                "a suggestion: a dump before each migration");
        draft.Add("host/databases.yaml", databases);
    }

    private static string WhyNoDatabase(Findings found, SeenDjango django) => django switch
    {
        _ when django.Engine!.EndsWith("sqlite3", StringComparison.Ordinal) =>
            "SQLite needs no document: deploys migrate it where it is"
            + (django.Database?.StartsWith(found.Checkout.Path + "/", StringComparison.Ordinal) == true
                ? ", but inside the checkout the new code is tried without it: move it out (say, to /var/lib) and name "
                    + "that path in the settings first" : "")
            + "; no deploy copies it before migrations, so see to a backup of your own",
        _ when !IsPostgreSql(django) => "only PostgreSQL is in this version: its migrations are run, but nothing is dumped "
            + "before them, its password stays "
            + "in the secrets file alone, and nobody checks who else works in it: see to a backup of your own",
        { NoPassword: true } => "Django logs in without a password (peer or trust), and documents want one: give the role "
            + "one, put it into a secrets file that "
            + "the settings read, then import again; till then migrations are run without a dump before them",
        { PasswordWithin: { } key } => $"its password stands within {key} among other things, and documents want a key of "
            + $"its own: till then migrations are run "
            + "without a dump before them",
        _ => "no key of a secrets file that could be imported holds its password: till then migrations are run without a "
            + "dump before them",
    };

    [GeneratedRegex(@"^(nginx(-\w+)?|supervisor|redis(-server)?|postgresql(-\d+)?|postgresql-client(-\d+)?|postgresql-contrib|libpq5|libpq-dev|git|python3|python3-(venv|dev|pip|virtualenv)"
        + @"|python3\.\d+(-venv|-dev)?|memcached|rabbitmq-server|build-essential|gettext|certbot|python3-certbot-nginx|tzdata)$")]
    private static partial Regex Known();
}

using System.Text.Json;
using Reconciler.Model;

namespace Reconciler.Importing;

/// <summary>
/// What only the application's own user may see, asked through the runner: its checkout, which keys its secrets files have, and
/// what Django says of its
/// database and static files. No value of a secret leaves the server: names of keys are printed there, and a password is
/// compared there.
/// </summary>
internal static class SecondLook
{
    /// <param name="folders">In which its programs are started.</param>
    /// <param name="virtualenvs">That the commands of its programs name.</param>
    public static Probe Of(string user, IEnumerable<string> folders, IEnumerable<string> virtualenvs) => Probe.Nothing with
    {
        Request = RunnerRequest.Run(user, "/", "-", new PayloadPart.Text(SecondLookScript.Text(folders, virtualenvs))),
    };

    /// <exception cref="ImportException">The answer is not whole.</exception>
    public static ApplicationSeen Read(string output)
    {
        if (!output.Split('\n').Contains("end"))
            throw new ImportException("the look at the application was cut off: try again");
        // Each checkout's lines follow its "top".
        var parts = output.Split("\ntop ");
        return new(
            [.. Lines.After(parts[0], "at").Select(line => line.Split(' ', 2))
                .Where(words => words.Length == 2 && int.TryParse(words[0], out _))
                .Select(words => (int.Parse(words[0]), words[1]))],
            [.. Lines.Files(parts[0]).DistinctBy(file => file.Path)],
            [.. parts[1..].Select(Checkout)])
        {
            Cron = [.. Lines.After(parts[0], "cron")],
        };
    }

    private static SeenCheckout Checkout(string part)
    {
        var secrets = new List<SeenSecrets>();
        foreach (var line in part.Split('\n'))
            if (line.StartsWith("secrets ", StringComparison.Ordinal) && line[8..]
                .Split(' ', 4) is [var mode, var owner, var group, var path])
                secrets.Add(new(path, mode.PadLeft(4, '0'), owner, group, []));
            else if (line.StartsWith("key ", StringComparison.Ordinal) && secrets.Count > 0)
                secrets[^1] = secrets[^1] with { Keys = [.. secrets[^1].Keys, line[4..]] };
            else if (line == "layout ours" && secrets.Count > 0)
                secrets[^1] = secrets[^1] with { AsWeLayItOut = true };
        return new(part.Split('\n')[0], Lines.First(part, "owner") ?? "", Lines.First(part, "head"),
            Lines.First(part, "branch"), Lines.First(part, "remote"),
            [.. Lines.After(part, "on").Where(branch => branch is not ("HEAD" or ""))],
            [.. Lines.After(part, "edited")],
            [.. Lines.After(part, "tracked")],
            secrets)
        {
            Virtualenv = Lines.First(part, "virtualenv"),
            Interpreter = Lines.First(part, "interpreter"),
            SystemSitePackages = Lines.First(part, "site-packages") == "true",
            Manage = Lines.First(part, "manage"),
            HadCredentials = Lines.First(part, "credentials") is not null,
            Django = Lines.First(part, "django") is { } json ? SeenDjango.Of(json) : null,
        };
    }
}

/// <param name="At">Process and the folder in which it runs.</param>
/// <param name="SupervisorFiles">Of the supervisords that the user runs.</param>
internal sealed record ApplicationSeen(
    IReadOnlyList<(int Pid, string Folder)> At, IReadOnlyList<SeenFile> SupervisorFiles, IReadOnlyList<SeenCheckout> Checkouts)
{
    /// <summary>Lines of the user's own crontab, each behind its number.</summary>
    public IReadOnlyList<string> Cron { get; init; } = [];
}

/// <param name="Path">The top of it, links followed.</param>
/// <param name="OnBranches">Branches of its remote from which its commit can be reached, as the checkout knows them.</param>
/// <param name="Tracked">Those of its files that say something: manage.py, requirements, wheels, supervisor.conf.</param>
internal sealed record SeenCheckout(
    string Path, string Owner, string? Head, string? Branch, string? Remote, IReadOnlyList<string> OnBranches,
        IReadOnlyList<string> Edited,
    IReadOnlyList<string> Tracked, IReadOnlyList<SeenSecrets> Secrets)
{
    public string? Virtualenv { get; init; }

    public string? Interpreter { get; init; }

    public bool SystemSitePackages { get; init; }

    /// <summary>The remote's URL on the server has a password or token in it, which did not leave the server.</summary>
    public bool HadCredentials { get; init; }

    /// <summary>The line of manage.py that names the settings module.</summary>
    public string? Manage { get; init; }

    /// <summary>Null when Django could not be asked.</summary>
    public SeenDjango? Django { get; init; }
}

/// <param name="Path">From the checkout's top.</param>
/// <param name="Keys">Names only.</param>
internal sealed record SeenSecrets(string Path, string Mode, string Owner, string Group, IReadOnlyList<string> Keys)
{
    /// <summary>The same values make the same bytes.</summary>
    public bool AsWeLayItOut { get; init; }
}

/// <summary>What the settings module says, as the running processes see it.</summary>
/// <param name="Variables">Of the process, but for what a login or a manager sets anyway.</param>
/// <param name="Hidden">Names of variables that may hold secrets.</param>
/// <param name="PasswordKey">Secrets file and key that hold the database's password.</param>
internal sealed record SeenDjango(
    string? Settings, IReadOnlyDictionary<string, string> Variables, IReadOnlyList<string> Hidden, string? Engine,
        string? Database, string? Role,
    string? Host, string? Port, (string File, string Key)? PasswordKey, string? StaticRoot)
{
    /// <summary>Django logs in to its database without one.</summary>
    public bool NoPassword { get; init; }

    /// <summary>The key whose value has the password among other things (a URL).</summary>
    public string? PasswordWithin { get; init; }

    /// <summary>Tried on the server: whether the settings can be imported without the hidden variables; null when it was not.</summary>
    public bool? NeedsHidden { get; init; }

    /// <returns>Null when it is not what the script prints.</returns>
    public static SeenDjango? Of(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            string? Text(string name) => root.TryGetProperty(name, out var value)
                && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
            return new(Text("settings"),
                root.TryGetProperty("variables", out var variables) ? variables.EnumerateObject()
                    .ToDictionary(one => one.Name, one => one.Value.GetString() ?? "") : new Dictionary<string, string>(),
                root.TryGetProperty("hidden", out var hidden)
                    ? [.. hidden.EnumerateArray().Select(one => one.GetString() ?? "")] : [],
                Text("engine"), Text("name"), Text("user"), Text("host"), Text("port"),
                Text("passwordFile") is { } file && Text("passwordKey") is { } key ? (file, key) : null,
                Text("static"))
            {
                NoPassword = Text("password") == "none",
                PasswordWithin = Text("passwordWithin"),
                NeedsHidden = Text("needed") is { } needed ? needed == "yes" : null,
            };
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

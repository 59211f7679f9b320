using System.CommandLine;
using System.Globalization;
using Reconciler.Documents.Contracts;
using Reconciler.Documents.Editing;

namespace Reconciler.Cli;

/// <summary><c>maintenance on</c> and <c>maintenance off</c>: the flag, by a commit.</summary>
internal static class MaintenanceCommand
{
    public static Command Create(SettingsOptions settings)
    {
        var command = new Command("maintenance", "Puts an application under maintenance or takes it out, by a commit that sets its flag.");
        command.Subcommands.Add(On(settings));
        command.Subcommands.Add(Off(settings));
        return command;
    }

    private static Command On(SettingsOptions settings)
    {
        var (environment, application) = Subject();
        var within = new Option<string?>("--in") { Description = "begin after this time, as 30m" };
        var at = new Option<string?>("--at") { Description = "begin then, as 2026-03-01T02:00:00Z" };
        var until = new Option<string?>("--until")
        {
            Description = "when it should be over: for Retry-After and an alarm; it never ends by itself",
        };
        var message = new Option<string?>("--message") { Description = "for the notice and the page" };
        var command = new Command("on", "Announces maintenance and covers the site at its time; stops nothing.")
        {
            environment, application, within, at, until, message,
        };
        var commit = new CommitOptions(settings, command);
        command.SetAction((parsed, cancellation) => Failures.ToExitCodeAsync(() =>
        {
            var now = TimeProvider.System.GetUtcNow();
            var begins = Begins(parsed.GetValue(within), parsed.GetValue(at), now);
            var ends = Time("--until", parsed.GetValue(until));
            if (ends is { } end && end <= (begins ?? now))
                throw new UsageException($"--until {parsed.GetValue(until)} is not after the beginning");
            if (parsed.GetValue(message)?.Any(IsNotOfOneLine) == true)
                throw new UsageException("--message holds a line break or another control character: write it as one line of plain text; "
                    + "nothing was changed");
            return WriteAsync(commit, parsed, parsed.GetValue(environment)!, parsed.GetValue(application)!, flag =>
            {
                flag.Set("true", "spec", "enabled");
                Put(flag, "startsAt", begins is { } start ? DesiredStateEdit.TimeOf(start) : null);
                Put(flag, "endsAt", ends is { } over ? DesiredStateEdit.TimeOf(over) : null);
                Put(flag, "message", parsed.GetValue(message) is { } words ? YamlEdit.Quoted(words) : null);
            }, "on", begins is { } time
                ? $"covered from {DesiredStateEdit.TimeOf(time)}; later if that leaves less than the environment's notice"
                : "covered when the environment's notice is over", cancellation);
        }));
        return command;
    }

    private static Command Off(SettingsOptions settings)
    {
        var (environment, application) = Subject();
        var command = new Command("off",
            "Takes maintenance back: before its time the notice, after it the page, once the pages are checked.")
        {
            environment, application,
        };
        var commit = new CommitOptions(settings, command);
        command.SetAction((parsed, cancellation) => Failures.ToExitCodeAsync(() => WriteAsync(
            commit, parsed, parsed.GetValue(environment)!, parsed.GetValue(application)!, flag =>
            {
                flag.Set("false", "spec", "enabled");
                Put(flag, "startsAt", null);
                Put(flag, "endsAt", null);
                Put(flag, "message", null);
            }, "off", null, cancellation)));
        return command;
    }

    private static (Argument<string> Environment, Argument<string> Application) Subject() => (
        new("environment") { Description = "its folder's name: staging, production" },
        new("application") { Description = "its folder's name" });

    private static Task<int> WriteAsync(
        CommitOptions commit, ParseResult parsed, string environment, string application, Action<YamlEdit> change, string word,
        string? what,
        CancellationToken cancellation) => commit.CommitAsync(parsed, (desired, _) =>
        {
            desired.Require(environment, application);
            desired.Rewrite($"{environment}/{application}/maintenance.yaml", change,
                otherwise: $"apiVersion: reconciler/v1\nkind: Maintenance\nmetadata: {{name: {application}}}\nspec: {{enabled: false}}\n");
            return Task.FromResult($"Maintenance of {application} in {environment}: {word}");
        }, $"the flag of {application} in {environment} says just that already",
        () => $"{(what is null ? "" : $"{what}; ")}`reconciler status {environment}` shows what comes of it", cancellation);

    /// <summary>The two separators are line breaks to YAML as well.</summary>
    private static bool IsNotOfOneLine(char one) => char.IsControl(one) || one is '\u2028' or '\u2029' or '\ufeff';

    private static void Put(YamlEdit flag, string key, string? value)
    {
        if (value is null)
            flag.Remove("spec", key);
        else
            flag.Set(value, "spec", key);
    }

    private static DateTimeOffset? Begins(string? within, string? at, DateTimeOffset now)
    {
        if (within is not null && at is not null)
            throw new UsageException("--in and --at exclude each other: give one of them");
        if (within is not null)
            return now + (DurationConverter.Parse(within)
                ?? throw new UsageException($"--in {within} is not a duration; write it as 30m, 2h or 1d"));
        var begins = Time("--at", at);
        return begins <= now ? throw new UsageException($"--at {at} is past; leave it away to begin after the usual notice") : begins;
    }

    internal static DateTimeOffset? Time(string option, string? text) => text is null ? null
        : DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK"], CultureInfo.InvariantCulture,
            DateTimeStyles.None, out var time)
            && (text.EndsWith('Z') || text[^6] is '+' or '-')
            ? time
            : throw new UsageException(
                $"{option} {text} is not a time; write RFC 3339 with an offset, as 2026-03-01T02:00:00Z or 2026-03-01T02:00:00+01:00");
}

namespace Reconciler.Importing;

/// <summary>What else is on the server, and in no document of this version.</summary>
internal static class ServerLeftovers
{
    private static LeftAlone Of(Findings found, CronJob job)
    {
        var its = job.User == found.User || job.Command.Contains(found.Checkout.Path, StringComparison.Ordinal)
            || found.Virtualenv is { } virtualenv && job.Command.Contains($"{virtualenv}/", StringComparison.Ordinal);
        return new($"cron job at {job.At}, {job.When} as {job.User}: {job.Command}", "cron jobs are in no document of this "
            + "version; it stays as it is"
            + (its ? $", and goes on while a deploy has the services "
            + $"stopped{(job.User == "root" ? "; it runs the application's code as root" : "")}" : ""));
    }

    private static bool IsOfDebian(CronJob job) => job.At.StartsWith("/etc/crontab:", StringComparison.Ordinal)
        && job.Command.Contains("run-parts", StringComparison.Ordinal)
        || OfDebian.Contains(Path.GetFileName(job.At.Split(':')[0]));

    private static readonly string[] OfDebian =
        ["e2scrub_all", "popularity-contest", ".placeholder", "sysstat", "mdadm", "anacron", "php"];

    public static void Write(Draft draft)
    {
        var server = draft.Found.Server;
        draft.LeftAlone.AddRange(server.Cron.Where(job => !IsOfDebian(job)).Concat(draft.Found.Cron)
            .Select(job => Of(draft.Found, job)));
        draft.LeftAlone.AddRange(server.Unread.Select(file =>
            new LeftAlone(file, "the controller's login may not read it, or it is longer than 64 KiB")));
        if (server.CoverFile is { } cover)
            draft.LeftAlone.Add(new(cover, "the hand-made maintenance page is up now: import says `enabled: false`; take "
                + "it down by hand when maintenance is over"));
        foreach (var process in server.Processes.Where(process =>
            process.Arguments.Contains("runserver", StringComparison.Ordinal)))
            draft.LeftAlone.Add(new($"process {process.Pid} of {process.User}: manage.py runserver",
                "somebody started it by hand"));
    }
}

namespace Reconciler.Importing;

/// <summary>What else is on the server, and in no document of this version.</summary>
internal static class ServerLeftovers
{
    private static readonly string[] OfDebian = ["e2scrub_all", "popularity-contest", ".placeholder", "sysstat", "mdadm", "anacron", "php"];

    public static void Write(Draft draft)
    {
        var server = draft.Found.Server;
        draft.LeftAlone.AddRange(server.Cron.Except(OfDebian).Select(file => new LeftAlone($"/etc/cron.d/{file}", "cron jobs are in no document of this version; it stays as it is")));
        draft.LeftAlone.AddRange(server.Unread.Select(file => new LeftAlone(file, "the controller's login may not read it, or it is longer than 64 KiB")));
        if (server.CoverFile is { } cover)
            draft.LeftAlone.Add(new(cover, "the hand-made maintenance page is up now: import says `enabled: false`; take it down by hand when maintenance is over"));
        foreach (var process in server.Processes.Where(process => process.Arguments.Contains("runserver", StringComparison.Ordinal)))
            draft.LeftAlone.Add(new($"process {process.Pid} of {process.User}: manage.py runserver", "somebody started it by hand"));
    }
}

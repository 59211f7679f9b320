using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Resources.Code;
using Reconciler.Reporting;

namespace Reconciler.Turns.Surveys;

/// <summary>
/// Of what a survey saw, what no document speaks of. Quiet about what Debian ships, and about what enrolment and our own documents made.
/// </summary>
internal static class ForeignThings
{
    public static IEnumerable<ReportedUnmanaged> Of(ExpandedEnvironment environment, string server, SurveyFacts facts)
    {
        var declared = Declared.On(environment, server);
        return facts.Keys.Select(Key)
            .Concat(facts.CronJobs.Where(job => !declared.HasPath(job.File)).Select(CronJob))
            .Concat(ForeignPorts.Of(facts.Ports, declared))
            .Concat(facts.Units.Where(unit => !declared.HasPath(unit.Path)).Select(unit => Unit(unit, declared)).OfType<Unmanaged>())
            .Concat(facts.Programs.Where(program => !declared.HasPath(program.Path) && !declared.HasProgram(program.Name)).Select(Program))
            .Select(thing => new ReportedUnmanaged(server, thing.Resource.MarkerKey, thing.What, thing.Sentence, thing.Loud, thing.Since,
                thing.Advice));
    }

    internal static Unmanaged Say(string kind, string name, string what, string sentence, DateTimeOffset? since, string advice) =>
        new(new(ResourceId.Host, ResourceId.Host, kind, name), what, sentence) { Since = since, Advice = advice };

    private static Unmanaged Key(SeenKey key) => Say("AuthorizedKey", key.User, $"{key.Fingerprint} of {key.User}",
        $"a key lets somebody in as {key.User}: {key.Type} {key.Fingerprint}"
        + (key.Comment is "" or "no comment" ? ", without a comment" : $", \"{CommandWords.Shown(key.Comment)}\""),
        key.Since, $"take its line out of {key.File} on the server if nobody is to log in with it: no document speaks of people's keys");

    private static Unmanaged CronJob(SeenCronJob job) => Say("CronJob", job.File, $"{job.File}:{job.Line}",
        $"cron runs, as {job.User} at {job.When}: `{CommandWords.Shown(job.Command)}` ({job.File}:{job.Line})",
        job.Since, "leave it if it is meant to be: cron jobs are in no document of this version, and go on while a deploy has services stopped");

    private static Unmanaged? Unit(SeenUnit unit, Declared declared)
    {
        var (folder, name) = (Path.GetFileName(Path.GetDirectoryName(unit.Path)!), Path.GetFileName(unit.Path));
        if (folder == "system")
            return declared.HasUnit(name) ? null : Say("SystemdUnit", name, unit.Path, $"{unit.Path} is a unit that git does not declare",
                unit.Since, "declare it in services.yaml with `unit:`, or place it with `files:`; or remove it there if nobody needs it");
        // What changes a unit of ours is a difference, and said there.
        var changed = folder.EndsWith(".d", StringComparison.Ordinal) ? folder[..^2] : folder;
        return declared.HasOwnUnit(changed) ? null : Say("SystemdUnit", changed, unit.Path,
            $"{unit.Path} changes {changed}, and git does not know of it", unit.Since,
            "place it with `files:` if it is meant to be; or remove it there");
    }

    private static Unmanaged Program(SeenProgram program) => Say("SupervisorProgram", program.Name, $"{program.Path} [{program.Name}]",
        $"{program.Path} has supervisor run {CommandWords.Shown(program.Name)}, and git does not declare it", program.Since,
        $"declare it in services.yaml with `program: {CommandWords.Shown(program.Name)}`; or take it out there (then `supervisorctl update`)");
}

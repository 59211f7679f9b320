using Reconciler.Documents.Expansion;
using Reconciler.Model;

namespace Reconciler.Turns;

/// <summary>What the tool will do about one difference by itself, and what a person could type.</summary>
/// <param name="Does">A sentence without its subject: "mends it by itself at its next look".</param>
/// <param name="Command">Null where nothing is to be typed.</param>
internal sealed record DriftWords(string Does, string? Command)
{
    public static DriftWords Of(ExpandedEnvironment environment, Unit unit, Verdict verdict, Difference difference, DriftCause? cause)
    {
        var (name, application) = (environment.Name, unit.Application);
        var moved = cause is DriftCause.Intentional or DriftCause.Both;
        return verdict.Standing switch
        {
            Standing.Suspended => new($"does nothing: it is {verdict.Suspension}", verdict.Suspension!.Lift),
            Standing.NeverConverged => new("does nothing: it has never changed this environment, and a person must say yes once",
                $"reconciler retry {name} {application}"),
            Standing.Held => new($"does nothing: a run of {application} is held; `reconciler status {name}` says why",
                $"reconciler retry {name} {application}"),
            Standing.SetAside when moved => new(
                $"does not try this again by itself: it failed; `reconciler status {name}` says why",
                    $"reconciler retry {name} {application}"),
            _ when moved => new(ByRun(verdict, difference), null),
            _ when verdict.Plan.Withheld.TryGetValue(difference.Resource, out var why) =>
                new($"does nothing: {why}", $"reconciler retry {name} {application} --heal"),
            _ => Corrective(environment, unit, difference),
        };
    }

    private static string ByRun(Verdict verdict, Difference difference) =>
        (difference.Refusal, verdict.Deferral, verdict.Plan.Refusals) switch
    {
        ({ } refusal, _, _) => $"does nothing before a person has decided: {refusal}",
        (_, _, [var other, ..]) =>
            $"brings it to the server with the next run, which a person must clear the way for: {other.Sentence}; {other.Refusal}",
        (_, { } deferral, _) => $"brings it to the server with the next run, which waits: {deferral.Sentence}",
        _ => "brings it to the server with the next run",
    };

    private static DriftWords Corrective(ExpandedEnvironment environment, Unit unit, Difference difference)
    {
        var heal = $"reconciler retry {environment.Name} {unit.Application} --heal";
        var replaces = difference.Gate == "drift" && UnitPlanning.EditsThatHealReplaces.Contains(difference.Resource.Kind);
        var mends = environment.Policy.HealKinds.Contains(difference.HealedAs);
        return difference.Refusal switch
        {
            { } refusal when !replaces => new($"does nothing before a person has decided: {refusal}"
                + (difference.ByHand.Count > 0 ? $" (the commands: `reconciler status {environment.Name}`)" : ""), null),
            null when mends => new("mends it by itself at its next look", null),
            _ when mends => new("replaces it by what git says at its next look, and keeps a copy", null),
            null => new($"only reports it: selfHeal says report for {difference.HealedAs}", heal),
            { } refusal => new($"only reports it, and stops before it would have to overwrite it: {refusal}", heal),
        };
    }
}

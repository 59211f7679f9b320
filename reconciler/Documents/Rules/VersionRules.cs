namespace Reconciler.Documents.Rules;

/// <summary>What the language has and this version of the program does not do yet: refused by name, never accepted and ignored.</summary>
internal static class VersionRules
{
    public static void Check(RuleContext context)
    {
        var desired = context.Desired;
        if (desired.Environment.Value.Strategy.MaxUnavailable > 0)
            context.Fault("not-in-this-version", desired.Environment.PlaceOf("strategy", "maxUnavailable"), "a `maxUnavailable` above 0 is not in this version",
                "write 0: a run begins only when every server answers");
    }
}

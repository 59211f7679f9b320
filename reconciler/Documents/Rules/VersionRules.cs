namespace Reconciler.Documents.Rules;

/// <summary>What the language has and this version of the program does not do yet: refused by name, never accepted and ignored.</summary>
internal static class VersionRules
{
    private const string Fix = "remove it; a later version brings it";

    public static void Check(RuleContext context)
    {
        var desired = context.Desired;
        if (desired.Environment.Value.Strategy.MaxUnavailable > 0)
            context.Fault("not-in-this-version", desired.Environment.PlaceOf("strategy", "maxUnavailable"), "a `maxUnavailable` above 0 is not in this version",
                "write 0: a run begins only when every server answers");
        foreach (var application in desired.Applications.Values)
            CheckApplication(context, application);
    }

    private static void CheckApplication(RuleContext context, DesiredApplication application)
    {
        if (application.Application.Value.Logs.Count > 0)
            context.Fault("not-in-this-version", application.Application.KeyPlaceOf("logs"), "`logs` is not in this version", Fix);
    }
}

namespace Reconciler.Turns;

/// <summary>What a person types to go on. The one place that names commands in verdicts, so that a verdict never names one that there is not.</summary>
internal static class Advice
{
    /// <summary>A person's word for one application, with a watch at work and without.</summary>
    public static string Again(string environment, string application) =>
        $"`reconciler retry {environment} {application}` (`reconciler converge {environment}` where no watch runs)";

    /// <summary>The same, and edits on the servers are replaced.</summary>
    public static string Heal(string environment, string application) =>
        $"`reconciler retry {environment} {application} --heal` (`reconciler converge {environment} --heal` where no watch runs)";
}

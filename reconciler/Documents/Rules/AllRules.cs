using Reconciler.Documents.Reading;
using Reconciler.Model;

namespace Reconciler.Documents.Rules;

/// <summary>What must hold between documents, once each is well formed by itself.</summary>
internal static class AllRules
{
    /// <param name="diagnostics">Holds the faults found so far; those that the rules find are added.</param>
    public static void Check(IReadOnlyDictionary<string, DesiredEnvironment> environments, ReadOptions options,
        List<Diagnostic> diagnostics)
    {
        var faults = new Faults(diagnostics);
        foreach (var environment in environments.Values)
            CheckEnvironment(new RuleContext(environment, options, faults), [.. environments.Keys]);
        CommitRules.Check(environments, faults);
    }

    private static void CheckEnvironment(RuleContext context, IReadOnlyCollection<string> environments)
    {
        EnvironmentRules.Check(context, environments);
        foreach (var folder in context.Desired.Folders)
        {
            if (folder is DesiredApplication application)
            {
                ApplicationRules.Check(context, application);
                TaskRules.Check(context, application);
            }
            ServiceRules.Check(context, folder);
            SecretRules.Check(context, folder);
            SiteRules.Check(context, folder);
            HostRules.Check(context, folder);
            TemplateRules.Check(context, folder);
            RunnerRules.Check(context, folder);
        }
        OwnershipRules.Check(context);
    }
}

using Reconciler.Documents;
using Reconciler.Documents.Expansion;
using Reconciler.Model;

namespace Reconciler.Watching;

/// <summary>Reads what the planner must know of each application's commit from the controller's mirror.</summary>
internal sealed class CodeReader(CodeSource source)
{
    /// <summary>The same for what ran here before: neither fetched nor judged again, for it must be possible to go back to it.</summary>
    public async Task<IReadOnlyDictionary<string, CodeFacts>> ReadPastAsync(DesiredEnvironment desired, CancellationToken cancellation)
    {
        var code = new Dictionary<string, CodeFacts>();
        foreach (var application in desired.Applications.Values)
            if (await source.ReadPreviousAsync(RequestOf(desired, application), cancellation) is { } facts)
                code[application.Name] = facts;
        return code;
    }

    /// <param name="faults">Gains, by application, why its commit is not run.</param>
    public async Task<IReadOnlyDictionary<string, CodeFacts>> ReadAsync(DesiredEnvironment desired, Dictionary<string, string> faults, CancellationToken cancellation)
    {
        var code = new Dictionary<string, CodeFacts>();
        foreach (var application in desired.Applications.Values)
        {
            switch (await source.ReadAsync(RequestOf(desired, application), cancellation))
            {
                case CodeReading.Known(var facts) when SupervisorConfigCheck.FaultOf(desired, application, facts) is { } fault:
                    faults[application.Name] = fault;
                    break;
                case CodeReading.Known(var facts):
                    code[application.Name] = facts;
                    break;
                case CodeReading.Refused(_, var sentence, _):
                    faults[application.Name] = $"{application.Application.PlaceOf("code", "commit")}: {sentence}";
                    break;
            }
        }
        return code;
    }

    private static CodeRequest RequestOf(DesiredEnvironment desired, DesiredApplication application)
    {
        var document = application.Application.Value;
        var texts = new Texts(desired, application, null);
        return new(document.Code.Repository, document.Code.Branches, document.Code.Commit)
        {
            Requirements = document.Python is { } python ? texts.Plain(python.Requirements) : null,
            Wheelhouse = document.Python?.Wheelhouse is { } wheels ? texts.Plain(wheels) : null,
            Directory = document.Django?.Directory ?? "",
            SupervisorConfigs = [.. SupervisorConfigCheck.ConfigsOf(desired, application).Select(config => config.Path).Distinct().Order(StringComparer.Ordinal)],
            SettingsModule = document.Django is { } django ? texts.Plain(django.Settings) : null,
        };
    }
}

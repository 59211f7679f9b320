using Reconciler.Journaling;
using Reconciler.Model;

namespace Reconciler.Tests.Simulation;

/// <summary>What may never happen, looked for at every change on a server and once more in the journal.</summary>
internal sealed class Truth(SimulatedWorld world)
{
    private readonly Dictionary<string, int> _effects = [];
    private readonly Dictionary<string, HashSet<int>> _by = [];
    private readonly Dictionary<string, int> _highest = [];
    private readonly HashSet<string> _faults = [];
    private readonly Dictionary<string, int> _setBy = [];
    private int _newest;

    /// <summary>Sentences, each once.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>Controllers with a ledger of their own: what they had begun when they were fenced the next one cannot know.</summary>
    public HashSet<int> Strangers { get; } = [];

    /// <summary>Steps that were begun on a server.</summary>
    public int Begun { get; private set; }

    public void Say(string fault)
    {
        if (_faults.Add(fault))
            world.Tell($"FAULT: {fault}");
    }

    public void Arrived(SimulatedServer server, SentRequest request) =>
        _highest[server.Name] = Math.Max(_highest.GetValueOrDefault(server.Name), request.By);

    public void Began(SimulatedServer server, SentRequest request)
    {
        Begun++;
        world.Tell($"{server.Name} begins {request.Verb} {string.Join(' ', request.Arguments)} ({request.Operation} by controller {request.By})");
        if (request.By < _highest[server.Name])
            Say($"a lower fencing number acts: controller {request.By} on {server.Name}, after {_highest[server.Name]}");
        else if (request.By < _newest)
            Say($"two controllers act: {request.By} on {server.Name}, after {_newest} on another");
        _newest = Math.Max(_newest, request.By);
    }

    public void Took(SimulatedServer server, SentRequest request)
    {
        var (id, to) = (request.Arguments[0], request.Arguments[1]);
        if (!_by.TryGetValue(request.Operation, out var by))
            _by[request.Operation] = by = [];
        by.Add(request.By);
        // Two ledgers that are copies of one another number the steps of a run that both know alike.
        var isOther = by.Count > 1 && by.Overlaps(Strangers);
        if ((_effects[request.Operation] = _effects.GetValueOrDefault(request.Operation) + 1) > 1 && !isOther)
            Say($"an operation took effect twice: {request.Operation}");
        if (request.Verb is not ("start" or "stop") && server.Is(id, to) && !(_setBy.GetValueOrDefault(id) is var setter && setter != request.By && Strangers.Contains(setter)))
            Say($"an effect came twice: {request.Verb} {to} on {server.Name}");
        _setBy[id] = request.By;
        if (request.Verb == "stop" && server.Serves is { } stopped && world.IsReached(server) && !world.IsBroken(stopped))
            Say($"{server.Name} is stopped while users are served by it");
        server.Set(id, to);
        world.Tell($"{server.Name} has done {request.Verb}: {server}");
    }

    /// <summary>Whoever gets the site gets one version of it, whole.</summary>
    public void LookAtSite()
    {
        var open = world.Servers.Where(server => server.Serves is not null && world.IsReached(server)).ToList();
        foreach (var server in open)
        {
            if (server.Serves != server.Code)
                Say($"open with half a deploy: {server.Name} serves {server.Serves} over {server.Code}");
            if (world.Rolls && world.IsBroken(server.Serves!))
                Say($"open with what does not work: {server.Name} serves {server.Serves}");
            if (world.ServerOf("web1")["Migrations"] is var schema && schema != world.SchemaOf(server.Serves!))
                Say($"open with half a deploy: {server.Name} serves {server.Serves} with {schema}");
        }
        if (!world.Rolls && open.Select(server => server.Serves).Distinct().Count() > 1)
            Say($"open with two versions: {string.Join(", ", open.Select(server => $"{server.Name} {server.Serves}"))}");
    }

    /// <summary>The journal against what happened.</summary>
    /// <param name="controller">Whose ledger it is: what others did under the same number is not in it.</param>
    public void LookAtJournal(ILedgerReader ledger, int controller)
    {
        var isStranger = Strangers.Contains(controller);
        foreach (var run in ledger.Runs(SimulatedWorld.Production, null, 10_000))
        {
            var steps = ledger.Steps(run.Id);
            if (run.EndedAt is not null && steps.FirstOrDefault(step => step.State == StepState.Intended) is { } open)
                Say($"run {run.Id} ended, and {open.Operation} has an intent and no end");
            foreach (var attempts in steps.GroupBy(step => step.Operation.Step))
                if (!attempts.Select(step => step.Operation.Attempt).SequenceEqual(Enumerable.Range(1, attempts.Count())))
                    Say($"attempts of {attempts.Key} in {run.Id} are not in order");
            foreach (var step in steps.Where(step => step.Phase != Phase.Check))
                if (!_by.TryGetValue($"{step.Operation}", out var by) || by.Any(each => isStranger ? each <= controller : !Strangers.Contains(each)))
                    LookAt(step, _effects.GetValueOrDefault($"{step.Operation}"));
        }
    }

    private void LookAt(StepRecord step, int effects)
    {
        if (step is { State: StepState.Verified, Output: not "already so" } && effects == 0)
            Say($"{step.Operation} ({step.Summary}) counts as verified and had no effect");
        if (step.State == StepState.NotStarted && effects > 0)
            Say($"{step.Operation} ({step.Summary}) counts as not started and had its effect");
    }
}

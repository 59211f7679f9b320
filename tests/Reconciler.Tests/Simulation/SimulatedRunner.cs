using Reconciler.Remote;

namespace Reconciler.Tests.Simulation;

/// <summary>As runner.sh answers and remembers: ledger and fence, one step at a time, begun notes and receipts that outlast a reboot.</summary>
internal sealed class SimulatedRunner(SimulatedServer server, SimulatedWorld world)
{
    private readonly Dictionary<string, string> _receipts = [];
    private readonly HashSet<string> _begun = [];
    private TaskCompletionSource? _step;
    private string? _ledger;
    private long _fence;

    /// <summary>The running step dies and leaves its note; receipts stay.</summary>
    public void Reboot()
    {
        var step = _step;
        _step = null;
        VirtualTime.Soon(() => step?.TrySetResult());
    }

    /// <returns>Null when the server went down meanwhile.</returns>
    public async Task<(string Text, int Code)?> AskAsync(SentRequest request)
    {
        var boot = server.Boot;
        world.Truth.Arrived(server, request);
        if (Refused(request) is { } fenced)
            return fenced;
        if (request.Verb == "fence")
            return ("answer fenced\n", 0);
        if (Receipt(request.Operation) is { } early)
            return ($"answer replayed\n{early}", CodeOf(early));
        if (!await LockAsync(request.Patience, boot))
            return boot != server.Boot ? null
                : request.Verb == "settle" ? ("answer running another\n", 0)
                : Refuse(RunnerCode.Busy, "another operation is still running");
        return await UnderLockAsync(request, boot);
    }

    private async Task<(string Text, int Code)?> UnderLockAsync(SentRequest request, int boot)
    {
        var step = _step;
        try
        {
            if (Receipt(request.Operation) is { } receipt)
                return ($"answer replayed\n{receipt}", CodeOf(receipt));
            var begun = _begun.Contains(request.Operation) && world.Weakness != Weakness.Receipts;
            if (request.Verb == "settle")
                return begun ? ("answer interrupted\n", 0) : Refused(request) ?? Withdraw(request);
            if (begun)
                return Refuse(RunnerCode.Interrupted, $"{request.Operation} began earlier and never ended");
            if (Refused(request) is { } fenced)
                return fenced;
            _begun.Add(request.Operation);
            var (code, output, late) = await ActAsync(request, boot);
            if (boot != server.Boot)
                return null;
            _begun.Remove(request.Operation);
            return Ended(request, code, output, late);
        }
        finally
        {
            if (boot == server.Boot && _step == step)
            {
                _step = null;
                VirtualTime.Soon(() => step?.TrySetResult());
            }
        }
    }

    /// <summary>The step in its own time: its effect comes somewhere in it, and it may fail before or after that.</summary>
    private async Task<(int Code, string Output, bool Late)> ActAsync(SentRequest request, int boot)
    {
        var course = world.Faults.CourseOf(request);
        world.Truth.Began(server, request);
        await world.DelayAsync(Least(course.UntilEffect, request.Deadline));
        if (boot != server.Boot)
            return default;
        if (course.UntilEffect >= request.Deadline)
            return (124, "", true);
        if (course.TakesEffect)
            world.Take(server, request);
        await world.DelayAsync(Least(course.Afterwards, request.Deadline - course.UntilEffect));
        return course.UntilEffect + course.Afterwards >= request.Deadline ? (124, "", true) : (course.Code, course.Output, false);
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private async Task<bool> LockAsync(TimeSpan patience, int boot)
    {
        var until = world.Time.GetUtcNow() + patience;
        while (_step is { } other)
        {
            var left = until - world.Time.GetUtcNow();
            if (left <= TimeSpan.Zero)
                return false;
            await Task.WhenAny(other.Task, world.DelayAsync(left));
            if (boot != server.Boot)
                return false;
        }
        _step = new();
        return true;
    }

    private (string, int)? Refused(SentRequest request)
    {
        if (_ledger is not null && _ledger != request.Ledger)
            return Refuse(RunnerCode.Fenced, $"this server obeys ledger {_ledger}");
        if (request.Fence < _fence && world.Weakness != Weakness.Fence)
            return Refuse(RunnerCode.Fenced, $"fencing number {request.Fence} is lower than {_fence}");
        (_ledger, _fence) = (request.Ledger, Math.Max(_fence, request.Fence));
        return null;
    }

    private (string, int) Refuse(RunnerCode code, string why)
    {
        world.Tell($"{server.Name} refuses: {why}");
        return ($"runner: {(int)code}: {why}\n", (int)code);
    }

    private string? Receipt(string operation) => world.Weakness == Weakness.Receipts ? null : _receipts.GetValueOrDefault(operation);

    private (string, int) Withdraw(SentRequest request)
    {
        world.Tell($"{server.Name} withdraws {request.Operation}");
        return Ended(request, 74, "", false, "refused 74 withdrawn before it began\n");
    }

    private (string, int) Ended(SentRequest request, int code, string output, bool late, string refused = "")
    {
        var receipt = _receipts[request.Operation] = $"operation {request.Operation}\nledger {request.Ledger}\nfence {request.Fence}\nverb {request.Verb}\n"
            + $"exit {code}\ndeadline-passed {(late ? "yes" : "no")}\nboot b{server.Boot}\nstarted 1\nended 2\n{refused}\n{output}";
        return ($"answer fresh\n{receipt}", code);
    }

    private static int CodeOf(string receipt) =>
        int.Parse(receipt.Split('\n').First(line => line.StartsWith("exit ", StringComparison.Ordinal))[5..], System.Globalization.CultureInfo.InvariantCulture);
}

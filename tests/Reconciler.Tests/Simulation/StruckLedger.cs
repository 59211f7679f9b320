using System.Reflection;
using System.Runtime.ExceptionServices;
using Reconciler.Journaling;

namespace Reconciler.Tests.Simulation;

/// <summary>The ledger as a controller meets it: gone when its process is, closed when another one has the lease, and now and then a write fails.</summary>
public class StruckLedger : DispatchProxy
{
    // What was read stays so until the next write, there is one writer; most of the time of a simulation would go into reading it again. These ask the clock.
    private static readonly HashSet<string> AskTheClock = [nameof(ILedgerReader.Suspensions), nameof(ILedgerReader.SuspensionOf)];

    private readonly Dictionary<string, object?> _read = [];
    private ILedger _ledger = null!;
    private SimulatedController _controller = null!;
    private Faults _faults = null!;

    internal void Begin(ILedger ledger, SimulatedController controller, Faults faults) => (_ledger, _controller, _faults) = (ledger, controller, faults);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (_controller.IsDead)
            throw _controller.Kill();
        // The store asks for the number of the lease in the same statement.
        if (_controller.IsDeposed)
            throw new LedgerException(LedgerFault.Locked, "another controller has the lease");
        return targetMethod!.DeclaringType == typeof(ILedger) ? Write(targetMethod, args!) : Read(targetMethod, args!);
    }

    private object? Read(MethodInfo method, object?[] args)
    {
        if (AskTheClock.Contains(method.Name))
            return Ask(method, args);
        var question = $"{method.Name} {string.Join('\t', args)}";
        if (!_read.TryGetValue(question, out var answer))
            _read[question] = answer = Ask(method, args);
        return answer;
    }

    private object? Write(MethodInfo method, object?[] args)
    {
        _read.Clear();
        switch (_faults.OfWrite())
        {
            case LedgerStrike.Full:
                throw new LedgerException(LedgerFault.Full, "the disk is full");
            case LedgerStrike.KilledBefore:
                throw _controller.Kill();
            case LedgerStrike.KilledAfter:
                Ask(method, args);
                throw _controller.Kill();
            default:
                return Ask(method, args);
        }
    }

    private object? Ask(MethodInfo method, object?[] args)
    {
        try
        {
            return method.Invoke(_ledger, args);
        }
        catch (TargetInvocationException fault)
        {
            ExceptionDispatchInfo.Throw(fault.InnerException!);
            throw;
        }
    }
}

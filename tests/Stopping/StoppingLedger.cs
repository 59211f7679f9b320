using System.Reflection;
using Reconciler.Journaling;
using Reconciler.Model;

namespace Reconciler.Stopping;

/// <summary>The ledger, but for the three writes around a step.</summary>
public class StoppingLedger : DispatchProxy
{
    private ILedger _ledger = null!;
    private Stops _stops = null!;
    private LateIntents _late = null!;

    internal static ILedger Around(ILedger ledger, Stops stops)
    {
        var proxy = Create<ILedger, StoppingLedger>();
        var made = (StoppingLedger)(object)proxy;
        (made._ledger, made._stops, made._late) = (ledger, stops, new(ledger));
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        switch (targetMethod!.Name)
        {
            case nameof(ILedger.Intend):
                return Intend(targetMethod, args!);
            case nameof(ILedger.Receive):
                Pass(targetMethod, args);
                _stops.After("after-receipt", (OperationId)args![0]!);
                return null;
            case nameof(ILedger.Settle):
                Pass(targetMethod, args);
                _stops.After("after-verify", (OperationId)args![0]!);
                return null;
            default:
                return Pass(targetMethod, args);
        }
    }

    private object? Intend(MethodInfo method, object?[] arguments)
    {
        var name = Stops.NameOf((Phase)arguments[2]!, (ResourceId)arguments[3]!, (string)arguments[4]!);
        _stops.BeforeIntent(name);
        var operation = _stops.Without == "intent"
            ? _late.Intend((string)arguments[0]!, (int)arguments[1]!, (Phase)arguments[2]!, (ResourceId)arguments[3]!, (string)arguments[4]!)
            : (OperationId)Pass(method, arguments)!;
        _stops.AfterIntent(operation, name);
        return operation;
    }

    private object? Pass(MethodInfo method, object?[]? arguments)
    {
        if (_stops.Without == "intent" && arguments is [OperationId operation, ..])
            _late.Write(operation);
        try
        {
            return method.Invoke(_ledger, arguments);
        }
        catch (TargetInvocationException fault) when (fault.InnerException is { } inner)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(inner);
            throw;
        }
    }
}

using Reconciler.Journaling;
using Reconciler.Model;

namespace Reconciler.Stopping;

/// <summary>
/// Where this process stops itself: it prints <c>@stopped POINT OPERATION STEP</c> on stderr and does nothing more before it reads a line on stdin.
/// </summary>
/// <param name="point">One of the points of a step; <c>none</c> for nowhere.</param>
/// <param name="step">A step as <see cref="NameOf"/> has it; <c>*</c> for each.</param>
/// <param name="without">The safeguard that is taken out: <c>intent</c> or <c>before-check</c>.</param>
internal sealed partial class Stops(string point, string step, string without)
{
    private readonly Lock _gate = new();
    private (string Operation, string Step)? _at;

    // A step that is tried again passes the same point again.
    private bool _over;

    public string Without => without;

    /// <summary>Tells a step from all others of a deploy, in this run or the next one.</summary>
    public static string NameOf(Phase phase, ResourceId resource, string summary) => $"{phase}|{resource}|{Time().Replace(summary, "TIME")}";

    public void BeforeIntent(string name)
    {
        if (Is("before-intent", name))
            Stop("before-intent", "-", name);
    }

    public void AfterIntent(OperationId operation, string name)
    {
        lock (_gate)
            _at = _over ? null : step == "*" || step == name ? (operation.ToString(), name) : null;
        if (Is("after-intent", name))
            Stop("after-intent", operation.ToString(), name);
    }

    /// <summary>The step that was intended last, if it is the one to stop at and this is the point.</summary>
    public (string Operation, string Step)? At(string which)
    {
        lock (_gate)
            return point == which ? _at : null;
    }

    public void After(string which, OperationId operation)
    {
        if (At(which) is { } at && at.Operation == operation.ToString())
            Stop(which, at.Operation, at.Step);
    }

    public void Stop(string which, string operation, string name)
    {
        lock (_gate)
        {
            if (step != "*")
                (_at, _over) = (null, true);
            Console.Error.WriteLine($"@stopped {which} {operation} {name}");
            Console.In.ReadLine();
        }
    }

    [System.Text.RegularExpressions.GeneratedRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]+Z")]
    private static partial System.Text.RegularExpressions.Regex Time();

    private bool Is(string which, string name) => !_over && point == which && (step == "*" || step == name);
}

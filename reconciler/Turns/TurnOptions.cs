namespace Reconciler.Turns;

/// <summary>How a turn came about and how far it may go.</summary>
/// <param name="DryRun">Observe, compare and plan only.</param>
/// <param name="ByPerson"><c>converge</c>: admits an environment at first contact.</param>
/// <param name="HealAll"><c>--heal</c>: drift of every kind is mended, for once.</param>
internal sealed record TurnOptions(bool DryRun, bool ByPerson, bool HealAll)
{
    /// <summary>Why nothing may be done now though everything is looked at: a sentence; null when nothing is in the way.</summary>
    public string? Hindrance { get; init; }

    /// <summary>The servers, or what it needs on them, come first; when they are through, it goes on.</summary>
    public bool WaitsForServers { get; init; }

    /// <summary>The maintenance page may go up all the same: it needs nothing of what is in the way.</summary>
    public bool MayCover { get; init; }

    /// <summary>What was converged already may be mended all the same: the servers are well, and wait with a change of their own, or for a person.</summary>
    public bool MayMend { get; init; }

    /// <summary>The one application that a person's word is about; null: every one.</summary>
    public string? Application { get; init; }

    /// <summary>Who asks, and how: <c>ada@controller, by `retry`</c>; null when that is not known.</summary>
    public string? By { get; init; }

    /// <summary>It was asked for in an earlier turn, and is not over: it goes on at its own pace.</summary>
    public bool IsKept { get; init; }

    /// <summary>The others than <see cref="Application"/> are looked at and left as they are; else a turn is for them what it always is.</summary>
    public bool LeavesOthers { get; init; }

    public TurnOptions For(string application) => Application is null || Application == application
        ? this
        : this with { ByPerson = false, HealAll = false, DryRun = DryRun || LeavesOthers };

    public static TurnOptions Watch { get; } = new(false, false, false);

    public static TurnOptions Plan { get; } = new(true, false, false);
}

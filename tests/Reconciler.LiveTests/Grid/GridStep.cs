namespace Reconciler.LiveTests.Grid;

/// <summary>A step of the deploy, as it was recorded.</summary>
/// <param name="Number">Its place, from 1.</param>
/// <param name="Name">By which the stopping controller knows it again.</param>
/// <param name="Stopped">Programs that did not run just before it.</param>
/// <param name="Before">What had been counted just before it.</param>
internal sealed record GridStep(int Number, string Name, IReadOnlyList<string> Stopped, Effects Before)
{
    /// <summary>Something was sent to the runner and ran; a step that only looks has no middle.</summary>
    public bool Acts { get; set; }

    /// <summary>There is a copy of the time before it.</summary>
    public bool IsKept { get; init; } = true;

    public string Tag => $"step-{Number}";

    public string Phase => Name.Split('|')[0];

    public override string ToString() => $"{Phase}: {Name.Split('|')[2]}";
}

/// <summary>One fault at one point of one step.</summary>
internal sealed record GridCase(GridStep Step, string Point, string Fault)
{
    /// <summary>An older controller stops after its intent and goes on when a newer one has finished.</summary>
    public const string Overtaken = "overtaken";

    public static readonly string[] Points = ["before-intent", "after-intent", "after-sending", "middle", "after-receipt", "after-verify"];

    public static readonly string[] Faults = ["killed", "cut", "rebooted", Overtaken];

    public string Name => $"{Step.Number}/{Point}/{Fault}";

    /// <summary>A step that only looks has no middle, and a controller is overtaken once for each step that acts.</summary>
    public static IEnumerable<GridCase> All(IEnumerable<GridStep> steps) =>
        from step in steps
        from point in Points
        where step.Acts || point is not ("after-sending" or "middle")
        from fault in Faults
        where fault != Overtaken || (step.Acts && point == "after-intent")
        select new GridCase(step, point, fault);

    /// <param name="pattern">STEP/POINT/FAULT; each may be <c>*</c>, and a step a word of its name.</param>
    public bool Matches(string pattern) =>
        IsOf(pattern, Step.Number, Step.Name) && pattern.Split('/') is [_, var point, var fault] && (point == "*" || point == Point) && (fault == "*" || fault == Fault);

    /// <summary>Whether a pattern is about a step.</summary>
    public static bool IsOf(string pattern, int number, string name) =>
        pattern.Split('/')[0] is var step && (step == "*" || (int.TryParse(step, out var one) ? one == number : name.Contains(step, StringComparison.Ordinal)));
}

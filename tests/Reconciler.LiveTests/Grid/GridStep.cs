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

    public string Tag => $"step-{Number}";

    public string Phase => Name.Split('|')[0];

    public override string ToString() => $"{Phase}: {Name.Split('|')[2]}";
}

/// <summary>One fault at one point of one step.</summary>
internal sealed record GridCase(GridStep Step, string Point, string Fault)
{
    public static readonly string[] Points = ["before-intent", "after-intent", "after-sending", "middle", "after-receipt", "after-verify"];

    public static readonly string[] Faults = ["killed", "cut", "rebooted"];

    public string Name => $"{Step.Number}/{Point}/{Fault}";

    public static IEnumerable<GridCase> All(IEnumerable<GridStep> steps) =>
        from step in steps
        from point in Points
        where step.Acts || point is not ("after-sending" or "middle")
        from fault in Faults
        select new GridCase(step, point, fault);
}

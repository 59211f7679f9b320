namespace Reconciler.Tests.Simulation;

/// <summary>What is taken away from a simulated part, to see that its loss is noticed.</summary>
internal enum Weakness
{
    None,

    /// <summary>Runners obey every fencing number.</summary>
    Fence,

    /// <summary>Runners keep no receipts.</summary>
    Receipts,

    /// <summary>Nobody looks before a step whether its effect is there already.</summary>
    BeforeCheck,

    /// <summary>What a step was sent as is lost with the controller.</summary>
    Intent,
}

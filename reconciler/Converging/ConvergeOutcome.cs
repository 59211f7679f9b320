using Reconciler.Model;

namespace Reconciler.Converging;

/// <summary>How a plan ended.</summary>
internal abstract record ConvergeOutcome
{
    /// <summary>Every step took effect.</summary>
    public sealed record Completed : ConvergeOutcome;

    /// <summary>A step did not take effect; nothing after its phase and rank was begun.</summary>
    /// <param name="Reason">One line: what went wrong.</param>
    /// <param name="Transient">Network, lock, index: worth trying again by itself.</param>
    public sealed record Failed(Step Step, string Reason, bool Transient) : ConvergeOutcome
    {
        /// <summary>Steps that took effect, or may have: what a way back has to look at.</summary>
        public required IReadOnlyList<Step> Done { get; init; }

        /// <summary>What failed on other servers at the same time.</summary>
        public IReadOnlyList<Failed> Beside { get; init; } = [];

        /// <summary>The last lines of what the step printed; null when it printed nothing more than the reason.</summary>
        public string? Detail { get; init; }

        /// <summary>The step ended with an exit code of its own, and nothing that passes by itself was to blame.</summary>
        public bool Answered { get; init; }

        /// <summary>Every step succeeded, and a look afterwards says otherwise: <see cref="Step"/> is only the last one.</summary>
        public bool SeenAfterwards { get; init; }

        /// <summary>Something was begun that cannot be taken back by going back to what was.</summary>
        public bool Irreversible => Step.Irreversible || Done.Any(step => step.Irreversible);

        /// <summary>Packages or database servers were touched.</summary>
        public bool SystemChanged => Step.Phase == Phase.System || Done.Any(step => step.Phase == Phase.System);
    }

    /// <summary>Another controller has a higher fencing number, or the server belongs to another ledger: nothing more may be sent.</summary>
    public sealed record Fenced(string Server, string Reason) : ConvergeOutcome;

    /// <summary>Asked to stop before the next phase.</summary>
    public sealed record Stopped(Phase Before, StopReason Why) : ConvergeOutcome;
}

/// <summary>Who asked a run to stop between two of its phases.</summary>
internal enum StopReason
{
    /// <summary>The controller is told to end.</summary>
    Ending,

    /// <summary>A person's word.</summary>
    Held,

    /// <summary>Git says something else by now.</summary>
    Overtaken,
}

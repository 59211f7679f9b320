using Reconciler.Model;

namespace Reconciler.Planning;

/// <summary>What is done after a plan has failed.</summary>
internal enum AfterFailure
{
    /// <summary>Nothing was stopped and the fault may pass: the next turn tries again.</summary>
    TryLater,

    /// <summary>Nothing was stopped; not tried again until something changes.</summary>
    SetAside,

    /// <summary>Back to commit, packages, static files, secrets and configuration of before.</summary>
    GoBack,

    /// <summary>There is no before that git knows, and nothing was stopped: what ran by hand runs on.</summary>
    LeaveRunning,

    /// <summary>There is no before: page on, services down.</summary>
    FirstDeployFailed,

    /// <summary>The rest is tried once more, then held.</summary>
    TryOnceMore,

    /// <summary>All is ready behind a page that does not go away: tried for ever, and told.</summary>
    KeepUncovering,

    /// <summary>Page on, services down, until a newer desired state or a person's word.</summary>
    Hold,
}

/// <summary>
/// The table "What a failure leads to" of the safety contract, as a function; its row "one server fails or is lost" is asked before it, by the turns.
/// </summary>
internal static class FailurePolicy
{
    /// <param name="phase">Where it failed.</param>
    /// <param name="irreversible">A migration was begun, in part or whole, or nobody knows.</param>
    /// <param name="systemChanged">Packages or database servers were touched.</param>
    /// <param name="hasBefore">There is a last converged state to go back to.</param>
    /// <param name="transient">The fault may pass by itself.</param>
    /// <param name="triedAgain">This run has used its second try already.</param>
    /// <param name="isPage">What failed is a page as a user sees it, not the way to it.</param>
    /// <param name="isTask">What failed is a task: it was run, and is not run once more unasked.</param>
    /// <param name="begun">The site is covered or stopped by then: what a server that is left out in the middle of a run asks for is prepared in its midst.</param>
    public static AfterFailure Decide(
        Phase phase, bool irreversible, bool systemChanged, bool hasBefore, bool transient, bool triedAgain, bool isPage = false,
        bool isTask = false, bool begun = false) => phase switch
    {
        <= Phase.Wait when !begun => transient ? AfterFailure.TryLater : AfterFailure.SetAside,
        // The site is up, open and proven by then; what was left lying about is looked at again in the next turn.
        Phase.Tidy => AfterFailure.TryLater,
        Phase.Uncover when !isPage => AfterFailure.KeepUncovering,
        Phase.Migrate when !isTask => AfterFailure.Hold,
        _ when irreversible && isTask => AfterFailure.Hold,
        _ when irreversible => triedAgain ? AfterFailure.Hold : AfterFailure.TryOnceMore,
        _ when systemChanged => AfterFailure.Hold,
        // Stop is the phase after it: a server that people set up by hand serves its users still.
        Phase.Cover when !hasBefore => AfterFailure.LeaveRunning,
        _ => hasBefore ? AfterFailure.GoBack : AfterFailure.FirstDeployFailed,
    };
}

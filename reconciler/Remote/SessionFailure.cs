namespace Reconciler.Remote;

/// <summary>Why there is no session, or no answer.</summary>
internal enum SessionFailure
{
    HostKeyChanged,
    HostKeyUnknown,
    PermissionDenied,
    Refused,
    Unreachable,
    TimedOut,
    NameNotResolved,
    ShellEndedEarly,
    SshMissing,
    PayloadCutShort,

    /// <summary>The connection ended in the middle.</summary>
    Lost,
}

namespace Reconciler.Journaling;

internal enum LedgerFault
{
    /// <summary>Another process converges from this ledger.</summary>
    Locked,

    /// <summary>Readers and writers of short requests had to wait for too long.</summary>
    Busy,
    Damaged,

    /// <summary>The disk is full: nothing may be done, since no intent can be made durable.</summary>
    Full,

    /// <summary>Made by a newer version of this program.</summary>
    TooNew,

    /// <summary>There is none where one is to be read.</summary>
    Missing,

    /// <summary>It may not be written, or the disk fails.</summary>
    Unusable,

    /// <summary>Its database does not answer now. Nothing is sent meanwhile; what was begun goes on when it answers again.</summary>
    Unreachable,

    /// <summary>This process may not act on an environment any more: its lease was not renewed in time, or another controller has it.</summary>
    LeaseLost,
}

/// <summary>The ledger cannot be used; the message is a sentence or two for a person. Without a ledger nothing is done on any server.</summary>
internal sealed class LedgerException(LedgerFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public LedgerFault Fault { get; } = fault;

    public bool WorthRetrying => Fault is LedgerFault.Busy or LedgerFault.Full or LedgerFault.Unreachable;
}

/// <summary>Somebody asked for a transition that the journal's rules do not have: a fault of this program, never of a user.</summary>
internal sealed class IllegalTransitionException(string message) : InvalidOperationException(message);

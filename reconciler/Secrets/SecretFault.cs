namespace Reconciler.Secrets;

internal enum SecretFaultReason
{
    /// <summary>The declaration itself cannot be followed: no source, an unknown scheme, a key that the format cannot name.</summary>
    Declaration,
    Missing,
    Empty,
    WrongFormat,

    /// <summary>The source said no: rights, or a file that others may read.</summary>
    Refused,

    /// <summary>The source did not answer.</summary>
    Unreachable,
}

/// <summary>Why a secrets file cannot be made.</summary>
/// <param name="Key">Null when the whole file is concerned.</param>
/// <param name="From">The source as declared.</param>
/// <param name="Sentence">Which key, which source, what is wrong, what would mend it; never a value.</param>
internal sealed record SecretFault(string? Key, string? From, SecretFaultReason Reason, string Sentence)
{
    public bool WorthRetrying => Reason == SecretFaultReason.Unreachable;
}

namespace Reconciler.Secrets;

/// <summary>A place that secrets are read from.</summary>
internal interface ISecretSource
{
    /// <summary>What stands before the colon: <c>env</c>, <c>file</c>, later <c>aws</c>, <c>age</c>.</summary>
    string Scheme { get; }

    /// <summary>All that stands at a location, whatever its <see cref="SecretLocation.Key"/>.</summary>
    /// <exception cref="SecretSourceException">Missing, refused, or not to be reached.</exception>
    Task<SecretValue> ReadAsync(SecretLocation location, CancellationToken cancel);
}

/// <summary>A source could not give a secret.</summary>
/// <param name="message">A sentence that names the source and the way out, and never a value.</param>
internal sealed class SecretSourceException(SecretFaultReason reason, string message) : Exception(message)
{
    public SecretFaultReason Reason { get; } = reason;
}

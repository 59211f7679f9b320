namespace Reconciler.Secrets;

/// <summary>A source whose values can be replaced.</summary>
internal interface ISecretStore
{
    /// <summary>As of <see cref="ISecretSource.Scheme"/>.</summary>
    string Scheme { get; }

    /// <summary>Replaces all that stands at a location, whole or not at all; what stood there is kept nowhere by this.</summary>
    /// <param name="change">From what stands there to what shall; what it throws leaves everything as it was.</param>
    /// <returns>The id of the new version; null for stores that keep only one.</returns>
    /// <exception cref="SecretSourceException">Missing, refused, or not to be reached.</exception>
    Task<string?> ReplaceAsync(SecretLocation location, Func<SecretValue, SecretValue> change, CancellationToken cancel);
}

namespace Reconciler.Secrets;

/// <summary><c>env:NAME</c>: a variable of the controller's own environment.</summary>
/// <param name="read">Gives a variable's value, or null: <see cref="Environment.GetEnvironmentVariable(string)"/>.</param>
internal sealed class EnvironmentSecretSource(Func<string, string?> read) : ISecretSource
{
    public string Scheme => "env";

    public Task<SecretValue> ReadAsync(SecretLocation location, CancellationToken cancel) => read(location.Name) is { } value
        ? Task.FromResult(new SecretValue(value))
        : throw new SecretSourceException(SecretFaultReason.Missing,
            $"The controller's environment has no variable {location.Name}; set it in the controller's unit, or correct the name.");
}

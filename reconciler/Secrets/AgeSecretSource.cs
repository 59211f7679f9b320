using Reconciler.Model;

namespace Reconciler.Secrets;

/// <summary>
/// <c>age:FILE</c>: a file of the desired state itself, encrypted with age (https://age-encryption.org/v1) for the controller and for whoever may
/// edit it. Decrypted in memory only.
/// </summary>
/// <param name="find">Gives the file's content; null when there is none.</param>
internal sealed class AgeSecretSource(AgeProgram age, Func<string, ReadOnlyMemory<byte>?> find) : ISecretSource
{
    public string Scheme => "age";

    public async Task<SecretValue> ReadAsync(SecretLocation location, CancellationToken cancel)
    {
        if (find(location.Name) is not { } content)
            throw new SecretSourceException(SecretFaultReason.Missing, $"There is no file {location.Name} beside the document or in base; add it, or correct the path.");
        if (!AgeFormat.IsEncrypted(content.Span))
            throw new SecretSourceException(SecretFaultReason.WrongFormat,
                $"{location.Name} is not encrypted with age. If it holds a secret, that secret is in git's history now: put another one in its place.");
        return await age.DecryptAsync(location.Name, content, cancel);
    }
}

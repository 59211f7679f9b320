using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Secrets;

/// <summary>
/// What PostgreSQL keeps of a password (RFC 5802, 7677; form of RFC 5803): given to <c>ALTER ROLE .. PASSWORD</c> in its place, so that no
/// clear password reaches the server's log.
/// </summary>
internal static class ScramVerifier
{
    /// <summary>PostgreSQL's own.</summary>
    private const int Iterations = 4096;
    private const int SaltBytes = 16;

    /// <returns><c>SCRAM-SHA-256$4096:SALT$STOREDKEY:SERVERKEY</c>, in base64. Different each time, by its salt.</returns>
    /// <exception cref="SecretSourceException">The password has characters outside ASCII, which clients normalise in different ways.</exception>
    public static string Of(SecretValue password) => Of(password, RandomNumberGenerator.GetBytes(SaltBytes));

    public static string Of(SecretValue password, ReadOnlySpan<byte> salt)
    {
        var bytes = password.Reveal();
        // Within ASCII, SASLprep (RFC 4013) is the identity.
        if (bytes.Length == 0 || !Ascii.IsValid(bytes) || bytes.AsSpan().Contains((byte)0))
            throw new SecretSourceException(SecretFaultReason.WrongFormat,
                "A database role's password must consist of ASCII characters and not be empty; put another one into its source.");
        var salted = Rfc2898DeriveBytes.Pbkdf2(bytes, salt, Iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var server = HMACSHA256.HashData(salted, "Server Key"u8);
        return $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(stored)}:{Convert.ToBase64String(server)}";
    }
}

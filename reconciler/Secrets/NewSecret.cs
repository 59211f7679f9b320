using System.Security.Cryptography;

namespace Reconciler.Secrets;

/// <summary>Values that nobody has thought up: of letters and digits alone, which no URL, shell, dotenv file or SQL takes for anything
/// else.</summary>
internal static class NewSecret
{
    public const int Shortest = 16;
    public const int Longest = 256;

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <param name="length">Each character is worth 5.95 bits of chance.</param>
    public static SecretValue Of(int length) => length is >= Shortest and <= Longest
        ? new(RandomNumberGenerator.GetString(Alphabet, length))
        : throw new ArgumentOutOfRangeException(nameof(length), length, $"From {Shortest} to {Longest}.");
}

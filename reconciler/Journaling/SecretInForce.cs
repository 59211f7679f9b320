using Reconciler.Model;

namespace Reconciler.Journaling;

/// <summary>Which value of a secret was in force when its application was last as git says, by its keyed digest.</summary>
/// <param name="Secret">Its key is empty for a file that is one value.</param>
/// <param name="ChangedAt">When this value was first in force in place of another; null when no other was ever seen.</param>
internal sealed record SecretInForce(SecretReference Secret, string Digest, DateTimeOffset? ChangedAt);

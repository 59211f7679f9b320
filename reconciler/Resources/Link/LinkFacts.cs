using Reconciler.Model;

namespace Reconciler.Resources.Link;

/// <param name="Target">What the link says; null when something real stands there.</param>
/// <param name="Type">As <c>stat -c %F</c> says: <c>symbolic link</c>, <c>directory</c>, <c>regular file</c>.</param>
internal sealed record LinkFacts(string? Target, string Type) : ResourceFacts(Target);

namespace Reconciler.Journaling;

/// <summary>A server that a run went without, within <c>maxUnavailable</c>: it may have anything on it, until it is seen to be as git says.</summary>
/// <param name="Digest">Of the desired state that was last brought about, or begun, without it.</param>
/// <param name="Why">A sentence.</param>
/// <param name="At">When it was left out; the first time, where it was left out again meanwhile.</param>
internal sealed record LeftOut(string Environment, string Application, string Server, string Digest, string Why, DateTimeOffset At);

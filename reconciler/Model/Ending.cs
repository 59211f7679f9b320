namespace Reconciler.Model;

/// <summary>Of a step that tells a program to end and waits until it has: others of the same keeper can be told in the same request.</summary>
/// <param name="Keeper">Who is asked, as text: one supervisord, or systemd.</param>
/// <param name="Word">What the request names the program by; further ones come after all its arguments.</param>
internal sealed record Ending(string Keeper, string Word);

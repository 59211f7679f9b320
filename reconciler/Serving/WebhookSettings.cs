using System.Net;

namespace Reconciler.Serving;

/// <summary>Where git hosts tell of pushes.</summary>
/// <param name="SecretFile">Of what they sign with, or send.</param>
internal sealed record WebhookSettings(IPEndPoint Listen, string SecretFile);

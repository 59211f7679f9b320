using Reconciler.Model;

namespace Reconciler.Remote;

/// <summary>
/// Opens what a step only names: secrets, git packs. Called when the step is sent, never earlier, so that no plan holds a secret.
/// <see cref="PayloadPart.Text"/> is never asked for.
/// </summary>
internal interface IPayloadSource
{
    Task<PayloadContent> OpenAsync(PayloadPart part, CancellationToken cancellation);
}

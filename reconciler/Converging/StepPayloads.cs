using Reconciler.Git;
using Reconciler.Model;
using Reconciler.Remote;
using Reconciler.Secrets;

namespace Reconciler.Converging;

/// <summary>Opens what steps only name: secrets from memory, git objects from the controller's mirrors.</summary>
/// <param name="folder">The controller's own, 0700: packs are spooled there, in files without a name.</param>
internal sealed class StepPayloads(ResolvedSecrets secrets, MirrorFolder mirrors, string folder) : IPayloadSource
{
    public async Task<PayloadContent> OpenAsync(PayloadPart part, CancellationToken cancellation) => part switch
    {
        PayloadPart.SecretFile(var content) => PayloadContent.Of(secrets.Of(content).Content.Reveal().ToArray()),
        PayloadPart.ScramVerifier(var secret, var digest) => PayloadContent.Of(ScramVerifier.Of(secrets.ValueOf(secret, digest))),
        PayloadPart.GitPack pack => await PackAsync(pack, cancellation),
        _ => throw new InvalidOperationException($"{part.GetType().Name} is not opened here."),
    };

    private async Task<PayloadContent> PackAsync(PayloadPart.GitPack pack, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, $"pack-{Guid.NewGuid():N}");
        var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.Asynchronous,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        // At once, and not when it is closed: a controller that is killed leaves nothing behind.
        File.Delete(path);
        try
        {
            await mirrors.Of(pack.Repository).WritePackAsync(pack.Commit, pack.Has, file, cancellation);
            file.Position = 0;
            return new PayloadContent(file, file.Length);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }
}

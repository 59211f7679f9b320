using Reconciler.Converging;
using Reconciler.Model;
using Reconciler.Secrets;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Converging;

public sealed class StepPayloadsTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_controller_that_is_killed_while_it_sends_a_pack_leaves_no_file_behind()
    {
        var cancel = TestContext.Current.CancellationToken;
        var repository = new ScratchRepository(_scratch.In("origin"));
        var commit = repository.Commit("one", ("a", new string('x', 100_000)));
        var mirrors = GitMirrorTests.Mirrors(_scratch.In("mirrors"));
        await mirrors.Of(repository.Folder).FetchAsync(["main"], cancel);
        var folder = Directory.CreateDirectory(_scratch.In("state")).FullName;

        await using var content = await new StepPayloads(new ResolvedSecrets(), mirrors, folder).OpenAsync(new PayloadPart.GitPack(repository.Folder, commit, []), cancel);

        Directory.EnumerateFileSystemEntries(folder).ShouldBeEmpty();
        var pack = new byte[4];
        await content.Stream.ReadExactlyAsync(pack, cancel);
        pack.ShouldBe("PACK"u8.ToArray());
        content.Length.ShouldBe(content.Stream.Length);
    }
}

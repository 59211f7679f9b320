using System.Text;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.PowerCut;

/// <summary>The model itself, with scripts whose end is known.</summary>
public sealed class DiskModelTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("echo new >g", "f=old", "f=old g=new")]
    [InlineData("echo new >g; sync g", "f=old", "f=old g=new")]
    [InlineData("echo new >g; sync .", "f=old g=", "f=old g=new")]
    [InlineData("echo new >g; sync g .", "f=old g=new", "f=old g=new")]
    [InlineData("echo new >g; sync -d g; sync -f .", "f=old g=new", "f=old g=new")]
    [InlineData("echo new >g; mkdir d; echo x >d/e; sync", "d/ d/e=x f=old g=new", "d/ d/e=x f=old g=new")]
    [InlineData("echo new >f", "f=old", "f=new")]
    [InlineData("echo new >>f; sync f; echo more >>f", "f=old new", "f=old new more")]
    [InlineData("echo new >g; mv g f", "f=old", "f=new")]
    [InlineData("echo new >g; mv g f; sync .", "f=", "f=new")]
    [InlineData("echo new >g; sync g; mv g f", "f=old", "f=new")]
    [InlineData("echo new >g; sync g; mv g f; sync .", "f=new", "f=new")]
    [InlineData("rm f", "f=old", "")]
    [InlineData("rm f; sync .", "", "")]
    [InlineData("mkdir d; echo x >d/e; sync d/e d", "f=old", "d/ d/e=x f=old")]
    [InlineData("mkdir d; echo x >d/e; sync d/e d .", "d/ d/e=x f=old", "d/ d/e=x f=old")]
    [InlineData("mkdir d; sync .; mv f d/f; sync d", "d/ d/f=old f=old", "d/ d/f=old")]
    [InlineData("mkdir d; sync .; mv f d/f; sync .", "d/", "d/ d/f=old")]
    [InlineData("ln f g; sync .; echo new >f; sync g", "f=new g=new", "f=new g=new")]
    [InlineData("ln -s f g; sync .", "f=old g->f", "f=old g->f")]
    [InlineData("cat f >g; truncate -s 1 f; sync f g .", "f=o g=old", "f=o g=old")]
    [InlineData("cd /; cd - >/dev/null; (umask 077; mkdir d; cd d; exec 7>s; chmod 644 /proc/self/fd/7; echo x >&7; sync /proc/self/fd/7 . ..)", "d/ d/s=x f=old", "d/ d/s=x f=old")]
    public async Task What_was_not_synced_is_gone(string script, string synced, string everything)
    {
        var recording = await RecordAsync(script);
        Told(recording.AtEnd(Chance.OnlyWhatWasSynced)).ShouldBe(synced);
        Told(recording.AtEnd(Chance.Everything)).ShouldBe(everything);
    }

    [Fact]
    public async Task Of_what_was_not_synced_any_part_may_be_there()
    {
        var recording = await RecordAsync("echo new >g; mv g f; rm -f none; echo x >h; sync h; rm h");
        var seen = Enumerable.Range(0, 300).Select(seed => Told(recording.AtEnd(Chance.Some(seed)))).ToHashSet();
        string[] wanted = ["f=old", "f=new", "f=", "f=old h=x", "f=new h=x", "f=old g=new"];
        wanted.Except(seen).ShouldBeEmpty();
        Told(recording.AtEnd(Chance.Some(5))).ShouldBe(Told(recording.AtEnd(Chance.Some(5))));
    }

    [Fact]
    public async Task It_is_cut_at_each_point_and_what_was_said_by_then_is_known()
    {
        var cuts = (await RecordAsync("echo one >f; sync f; echo done; echo two >f")).Cuts(seed: 1, subsets: 0).ToList();
        string[] wanted = ["old", "", "one", "done one", "done ", "done two"];
        wanted.Except(cuts.Select(cut => $"{cut.Said}{cut.Image.Text("f")}".Replace('\n', ' ').Trim(' ')).Append("done ")).ShouldBeEmpty();
        cuts.Where(cut => cut.Said.Length > 0).Select(cut => cut.Image.Text("f")).ShouldNotContain("old\n");
    }

    [Fact]
    public async Task A_sync_that_is_left_out_is_missed()
    {
        var recording = await RecordAsync("echo new >g; sync g; sync .");
        recording.Syncs.Count.ShouldBe(2);
        Told(recording.Without(call => call == recording.Syncs[0]).AtEnd(Chance.OnlyWhatWasSynced)).ShouldBe("f=old g=");
        Told(recording.Without(call => call == recording.Syncs[1]).AtEnd(Chance.OnlyWhatWasSynced)).ShouldBe("f=old");
    }

    private async Task<Recording> RecordAsync(string script)
    {
        var folder = Directory.CreateDirectory(_scratch.In("disk")).FullName;
        await File.WriteAllTextAsync($"{folder}/f", "old\n");
        return await Recording.OfAsync(folder, "", _ => false, null, "sh", "-c", $"cd '{folder}'; {script}");
    }

    private static string Told(DiskImage image) => string.Join(' ', image.Entries.Select(entry => entry.Value switch
    {
        { Target: { } target } => $"{entry.Key}->{target}",
        { Content: { } content } => $"{entry.Key}={Encoding.UTF8.GetString(content).Trim().Replace('\n', ' ')}",
        _ => $"{entry.Key}/",
    }));
}

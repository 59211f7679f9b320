using Reconciler.Model;
using Reconciler.Tests.Git;
using Reconciler.Tests.Resources;

namespace Reconciler.Tests.Model;

/// <summary>The look at the runner's list under the real shell: it judges as the runner does (RunnerScriptTests), before anything is sent.</summary>
public sealed class AllowedFoldersTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public AllowedFoldersTests()
    {
        Directory.CreateDirectory(_folder.In("srv/www"));
        Directory.CreateDirectory(_folder.In("out"));
        Directory.CreateSymbolicLink(_folder.In("srv/way-out"), _folder.In("out"));
        File.WriteAllText(_folder.In("conf"), $"# a list\nlogin reconciler\nroot {_folder.In("srv")}\nroot {_folder.In("log/parcels")}\nlink {_folder.In("cnhome")}\n");
    }

    public void Dispose() => _folder.Dispose();

    private string? Outside(string path, bool directory = false, bool link = false)
    {
        var before = Sh.Traces(_folder.Path);
        var seen = Sh.Run(AllowedFolders.Look(_folder.In(path), directory, link, _folder.In("conf")), _folder.Path).Good;
        Sh.Traces(_folder.Path).ShouldBe(before);
        return AllowedFolders.Read(seen.Split('\n'))?.Replace(Path.GetFullPath(_folder.Path), "").TrimStart('/');
    }

    [Theory]
    [InlineData("srv/x", null)]
    [InlineData("srv/not/there/x", null)]
    [InlineData("srv", "srv")]
    [InlineData("out/x", "out/x")]
    [InlineData("srv/way-out/x", "out/x")]
    [InlineData("srvx/y", "srvx/y")]
    [InlineData("cnhome", "cnhome")]
    public void Files_stand_below_a_root_after_following_links(string path, string? outside) => Outside(path).ShouldBe(outside);

    [Theory]
    [InlineData("srv", null)]
    [InlineData("srv/new/deep", null)]
    [InlineData("srv/way-out", "out")]
    [InlineData("out", "out")]
    [InlineData("log/parcels", "log/parcels")]
    public void A_directory_may_be_a_root_itself_and_every_missing_one_above_must_be_allowed(string path, string? outside) =>
        Outside(path, directory: true).ShouldBe(outside);

    [Fact]
    public void A_root_is_made_where_the_folder_over_it_is_there()
    {
        Directory.CreateDirectory(_folder.In("log"));

        Outside("log/parcels", directory: true).ShouldBeNull();
        Outside("log/parcels/x").ShouldBeNull();
    }

    [Theory]
    [InlineData("cnhome", null)]
    [InlineData("scripts", "scripts")]
    public void A_link_may_stand_where_a_line_says_so(string path, string? outside) => Outside(path, link: true).ShouldBe(outside);

    [Fact]
    public void Without_a_list_nothing_is_claimed()
    {
        File.Delete(_folder.In("conf"));

        Outside("out/x").ShouldBeNull();
    }
}

using Reconciler.Model;
using Reconciler.Tests.Git;
using Reconciler.Watching;

namespace Reconciler.Tests.Watching;

public sealed class CodeSourceTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly ScratchRepository _repository;
    private readonly CodeSource _source;

    public CodeSourceTests()
    {
        _repository = new ScratchRepository(_scratch.In("origin"));
        _source = new CodeSource(GitMirrorTests.Mirrors(_scratch.In("mirrors")));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    private CodeRequest Request(string commit) => new(_repository.Folder, ["main", "hotfix/*"], commit);

    private async Task<CodeFacts> FactsAsync(CodeRequest request) => (await _source.ReadAsync(request, Cancel)).ShouldBeOfType<CodeReading.Known>().Facts;

    private async Task<CodeReading.Refused> RefusedAsync(CodeRequest request) => (await _source.ReadAsync(request, Cancel)).ShouldBeOfType<CodeReading.Refused>();

    [Fact]
    public async Task A_requirements_file_comes_with_all_that_it_takes_in()
    {
        var commit = _repository.Commit("one",
            ("requirements/production.txt", "-r base.txt\n--requirement=extra/more.txt # why\ncelery==5\n"),
            ("requirements/base.txt", "django==5 \\\n  --hash=sha256:00\n-c ../constraints.txt\n#-r no.txt\n"),
            ("requirements/extra/more.txt", "-r ../base.txt\n-c../../constraints.txt\nx @ https://host/x.whl#-r=no\n"),
            ("constraints.txt", "redis<6\n"));
        var facts = await FactsAsync(Request(commit) with { Requirements = "requirements/production.txt" });
        facts.Requirements.Select(file => file.Path).ShouldBe(
            ["requirements/production.txt", "requirements/base.txt", "constraints.txt", "requirements/extra/more.txt"]);
        facts.Requirements[2].Text.ShouldBe("redis<6\n");
    }

    [Theory]
    [InlineData("-r b.txt\n", "-r a.txt\n", "in a circle: a.txt -> b.txt -> a.txt")]
    [InlineData("-r missing.txt\n", "", "a.txt takes in missing.txt, which is not in the commit")]
    [InlineData("-r ../x.txt\n", "", "outside the repository")]
    [InlineData("-r /etc/passwd\n", "", "outside the repository")]
    [InlineData("-r https://host/x.txt\n", "", "outside the repository")]
    [InlineData("-r ${HOME}/x.txt\n", "", "outside the repository")]
    [InlineData("-c folder\n", "", "not in the commit")]
    public async Task Requirements_that_cannot_be_followed_are_refused(string a, string b, string because)
    {
        var commit = _repository.Commit("one", ("a.txt", a), ("b.txt", b), ("folder/c.txt", ""));
        var refused = await RefusedAsync(Request(commit) with { Requirements = "a.txt" });
        refused.Reason.ShouldBe(CodeRefusal.Requirements);
        refused.Sentence.ShouldContain(because);
        refused.WorthRetrying.ShouldBeFalse();
    }

    [Fact]
    public async Task A_commit_on_no_branch_is_refused_although_it_is_in_the_mirror()
    {
        var first = _repository.Commit("one", ("a", "1"));
        var second = _repository.Commit("two", ("a", "2"));
        await FactsAsync(Request(second));
        _repository.Git("reset", "--quiet", "--hard", first);
        await FactsAsync(Request(first));
        var third = _repository.Commit("three", ("a", "3"));
        await FactsAsync(Request(third));
        var refused = await RefusedAsync(Request(second));
        refused.Reason.ShouldBe(CodeRefusal.NotOnBranches);
        refused.Sentence.ShouldContain("main, hotfix/*");
        (await _source.ReadPreviousAsync(Request(second), Cancel))!.Commit.Subject.ShouldBe("two");
        (await _source.RelationAsync(_repository.Folder, second, third, Cancel)).ShouldBe(CommitRelation.Diverged);
    }

    [Fact]
    public async Task A_commit_that_only_a_stranger_has_is_refused()
    {
        _repository.Commit("one", ("a", "1"));
        _repository.Git("checkout", "--quiet", "-b", "fork");
        var stranger = _repository.Commit("stranger", ("a", "x"));
        _repository.Git("update-ref", "refs/pull/1/head", stranger);
        _repository.Git("checkout", "--quiet", "main");
        _repository.Git("branch", "--quiet", "-D", "fork");
        (await RefusedAsync(Request(stranger))).Reason.ShouldBe(CodeRefusal.NotOnBranches);
        (await _source.ReadPreviousAsync(Request(stranger), Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task What_is_in_the_mirror_is_not_fetched_again()
    {
        var commit = _repository.Commit("one", ("a", "1"));
        await FactsAsync(Request(commit));
        Directory.Move(_repository.Folder, _repository.Folder + ".away");
        (await FactsAsync(Request(commit))).ReachableFrom.ShouldBe(["main"]);
        (await RefusedAsync(Request(new string('a', 40)))).Reason.ShouldBe(CodeRefusal.Refused);
        (await RefusedAsync(Request(commit[..10]))).Sentence.ShouldContain("all 40 digits");
    }

    [Fact]
    public async Task A_previous_commit_without_the_new_files_is_still_known()
    {
        var commit = _repository.Commit("one", ("app/migrations/0001_initial.py", ""));
        await FactsAsync(Request(commit));
        var previous = await _source.ReadPreviousAsync(Request(commit) with { Requirements = "requirements.txt" }, Cancel);
        previous!.Requirements.ShouldBeEmpty();
        previous.Migrations.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Migrations_are_listed_by_application()
    {
        var commit = _repository.Commit("one",
            ("project/images/migrations/0002_b.py", ""), ("project/images/migrations/0001_initial.py", ""), ("project/images/migrations/__init__.py", ""),
            ("project/accounts/migrations/0001_initial.py", ""), ("project/images/migrations/notes.txt", ""));
        (await FactsAsync(Request(commit))).Migrations.Select(migration => $"{migration.Application}.{migration.Name}").ShouldBe(
            ["accounts.0001_initial", "images.0001_initial", "images.0002_b"]);
    }

    [Fact]
    public async Task A_wheelhouse_changes_with_its_files_and_lists_them()
    {
        var request = Request("") with { Wheelhouse = "sdists" };
        var first = await FactsAsync(request with { Commit = _repository.Commit("one", ("sdists/b.tar.gz", "b"), ("sdists/a.whl", "a"), ("sdists/old/c", "")) });
        first.Wheelhouse!.Files.ShouldBe(["a.whl", "b.tar.gz"]);
        var second = await FactsAsync(request with { Commit = _repository.Commit("two", ("sdists/a.whl", "other")) });
        second.Wheelhouse!.TreeId.ShouldNotBe(first.Wheelhouse.TreeId);
        (await RefusedAsync(request with { Commit = _repository.Commit("three"), Wheelhouse = "none" })).Reason.ShouldBe(CodeRefusal.Wheelhouse);
    }

    [Theory]
    [InlineData("project/app/views.py", false)]
    [InlineData("docs/README.md", false)]
    [InlineData("project/app/tests/data.json", false)]
    [InlineData("project/config/settings/base.py", true)]
    [InlineData("project/app/static/app.css", true)]
    [InlineData("project/app/templates/a.html", true)]
    [InlineData("requirements.txt", true)]
    public async Task Static_files_are_made_again_when_something_changes_that_they_may_be_made_from(string path, bool changes)
    {
        var request = Request("") with { Directory = "project", SettingsModule = "config.settings.production" };
        var settings = ("project/config/settings/production.py", "from .base import *");
        var before = await FactsAsync(request with { Commit = _repository.Commit("one", settings, (path, "1")) });
        var after = await FactsAsync(request with { Commit = _repository.Commit("two", (path, "2")) });
        (before.StaticInputs != after.StaticInputs).ShouldBe(changes);
    }

    [Fact]
    public async Task Settings_in_one_file_bring_only_what_is_named_like_them()
    {
        var request = Request("") with { SettingsModule = "site.settings" };
        var before = await FactsAsync(request with { Commit = _repository.Commit("one", ("site/settings.py", "1"), ("site/urls.py", "1"), ("site/local_settings.py", "1")) });
        var urls = await FactsAsync(request with { Commit = _repository.Commit("two", ("site/urls.py", "2")) });
        var local = await FactsAsync(request with { Commit = _repository.Commit("three", ("site/local_settings.py", "2")) });
        urls.StaticInputs.ShouldBe(before.StaticInputs);
        local.StaticInputs.ShouldNotBe(before.StaticInputs);
        (await RefusedAsync(request with { Commit = local.Commit.Id, SettingsModule = "site.other" })).Reason.ShouldBe(CodeRefusal.Settings);
    }
}

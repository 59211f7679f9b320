using Reconciler.Model;
using Reconciler.Resources.Code;

namespace Reconciler.Tests.Resources.Code;

/// <summary>What lies in a real checkout beside the commit.</summary>
public sealed class UntrackedFilesTests : IDisposable
{
    private readonly Checkout _checkout = new();

    public void Dispose() => _checkout.Dispose();

    private CodeSpec Spec => _checkout.Spec(_checkout.First);

    private CheckoutFacts Look(CheckoutFacts? last = null)
    {
        var (facts, askedAgain) = Checkout.Look(Spec, last);
        askedAgain.ShouldBeTrue();
        return facts.ShouldNotBeNull();
    }

    private IReadOnlyList<Unmanaged> Said(CheckoutFacts facts) =>
        [.. ((IResourceKind)new CodeKind()).Beside(Checkout.Resource(Spec), new Observation.Found(facts))];

    [Fact]
    public void A_settings_file_of_somebodys_own_is_found_by_the_next_look_said_loudly_and_no_difference()
    {
        _checkout.Deploy(Spec);
        var last = Look();
        last.Untracked.ShouldBeEmpty();
        File.WriteAllText(_checkout.File("project/settings_local.py"), "DEBUG = True\n");

        var facts = Look(last);

        Checkout.Differences(Spec, facts).ShouldBeEmpty();
        var said = Said(facts).ShouldHaveSingleItem();
        (said.Loud, said.Sentence).ShouldBe((true,
            $"{_checkout.Path} has a file with code that git does not know: project/settings_local.py: "
            + "Python may import it in place of, or besides, what was deployed"));
        said.Since.ShouldNotBeNull();
    }

    [Fact]
    public void What_the_site_writes_itself_is_told_quietly_with_the_first_few_and_the_count()
    {
        _checkout.Deploy(Spec);
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
            File.WriteAllText(_checkout.File($"{name}.sqlite3"), "");
        Directory.CreateDirectory(_checkout.File("uploads/2026"));
        File.WriteAllText(_checkout.File("uploads/2026/one.jpg"), "");
        Directory.CreateDirectory(_checkout.File("empty"));
        Directory.CreateDirectory(_checkout.File("old/__pycache__"));
        File.WriteAllText(_checkout.File("old/__pycache__/views.cpython-311.pyc"), "");

        var said = Said(Look()).ShouldHaveSingleItem();

        said.Loud.ShouldBeFalse();
        said.Sentence.ShouldBe($"{_checkout.Path} has 6 files or folders that git does not know: "
            + "a.sqlite3, b.sqlite3, c.sqlite3, d.sqlite3 and 2 more");
    }

    [Fact]
    public void What_git_ignores_is_not_told()
    {
        _checkout.Deploy(Spec);
        File.WriteAllText(_checkout.File(".git/info/exclude"), "uploads/\n*.log\nsettings_local.py\n");
        Directory.CreateDirectory(_checkout.File("uploads"));
        File.WriteAllText(_checkout.File("uploads/one.jpg"), "");
        File.WriteAllText(_checkout.File("site.log"), "");
        File.WriteAllText(_checkout.File("settings_local.py"), "");

        Look().Untracked.ShouldBeEmpty();
    }

    [Fact]
    public void It_goes_with_the_file_and_a_quiet_look_keeps_what_was_known()
    {
        _checkout.Deploy(Spec);
        File.WriteAllText(_checkout.File("extra.py"), "");
        var found = Look();
        found.Untracked.Count.ShouldBe(1);
        var (quiet, askedAgain) = Checkout.Look(Spec, found with { CleanAt = found.CleanAt + 2 });
        (askedAgain, quiet!.Untracked.Count).ShouldBe((false, 1));

        File.Delete(_checkout.File("extra.py"));

        Look(found).Untracked.ShouldBeEmpty();
    }

    [Fact]
    public void What_reconciler_put_there_is_no_strangers()
    {
        string[] lines =
        [
            "placed project/config/secrets.json", "placed conf/site/extra.ini", "lies 100 project/config/secrets.json", "lies 100 conf/",
            "lies 100 venv", "lies 100 venv.d/", "runs 100 app/views.py", "lies 100 app/", "lies 200 a name with blanks",
            "lies x y", "runs", "lies 1",
        ];

        UntrackedFiles.Read(lines).ShouldBe([
            new("app/views.py", DateTimeOffset.FromUnixTimeSeconds(100), true),
            new("a name with blanks", DateTimeOffset.FromUnixTimeSeconds(200), false)]);
    }

    [Fact]
    public void A_name_of_several_lines_stays_one()
    {
        _checkout.Deploy(Spec);
        File.WriteAllText(_checkout.File("a\nedited README"), "");

        var facts = Look();

        facts.Edited.ShouldBeEmpty();
        facts.Untracked.ShouldHaveSingleItem().Path.ShouldBe("a?edited README");
    }
}

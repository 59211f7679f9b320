using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Resources.Database;
using Reconciler.Resources.Migrations;
using Reconciler.Resources.SecretsFile;
using Reconciler.Tests.Planning;

namespace Reconciler.Tests.Documents.Expansion;

/// <summary>Secrets as a way back needs them: files and the role's password always go together.</summary>
public sealed class UnitVariantsTests
{
    private static readonly Expanded Before = new();
    private static readonly Expanded Rotated = Before with { Secret = "secret-digest-2", Password = "password-digest-2" };

    /// <summary>What the sources say now is the new; <paramref name="old"/> tells what is seen as it was.</summary>
    private static Unit WayBack(Func<ResourceId, bool> old)
    {
        var (was, now) = (AsGitSays.Of(Before.Application.Resources), AsGitSays.Of(Rotated.Application.Resources));
        return Rotated.Application.WithSecretsAsSeen(now.ToDictionary(entry => entry.Key, entry => old(entry.Key) ? was[entry.Key] : entry.Value));
    }

    private static string[] FilesOf(Unit unit) =>
        [.. unit.Resources.Select(resource => resource.Spec).OfType<SecretsFileSpec>().Select(spec => Short(spec.Digest, spec.FromKeptCopy)).Distinct()];

    private static string PasswordOf(Unit unit) =>
        unit.Resources.Select(resource => resource.Spec).OfType<DatabaseSpec>().Select(spec => Short(spec.PasswordDigest, spec.FromKeptCopy)).Single();

    /// <summary>Secrets with which the code of a unit must have been tried.</summary>
    private static string[] TriedWith(Unit unit) =>
        [.. unit.Resources.Select(resource => resource.Spec).OfType<MigrationsSpec>().SelectMany(spec => spec.SecretDigests).Select(file => file.Value)];

    private static string Short(string digest, bool kept) => $"{digest} {(kept ? "kept" : "from its source")}";

    [Fact]
    public void A_way_back_leads_to_the_files_and_the_password_of_before()
    {
        var back = WayBack(_ => true);

        FilesOf(back).ShouldBe(["secret-digest-1 kept"]);
        PasswordOf(back).ShouldBe("password-digest-1 kept");
        TriedWith(back).ShouldBe(["secret-digest-1"]);
        TriedWith(Rotated.Application).ShouldBe(["secret-digest-2"]);
    }

    [Fact]
    public void Where_a_controller_died_between_files_and_password_the_way_back_stays_with_the_files()
    {
        var back = WayBack(id => id.Kind == "Database");

        FilesOf(back).ShouldBe(["secret-digest-2 from its source"]);
        PasswordOf(back).ShouldBe("password-digest-2 from its source");
    }

    [Fact]
    public void Where_it_died_between_two_servers_all_go_back_together()
    {
        var back = WayBack(id => id.Kind == "Database" || id.Server == "web2");

        FilesOf(back).ShouldBe(["secret-digest-1 kept"]);
        PasswordOf(back).ShouldBe("password-digest-1 kept");
    }

    [Fact]
    public void A_file_that_somebody_edited_on_one_server_is_no_state_of_before_for_any()
    {
        var now = AsGitSays.Of(Before.Application.Resources);
        var edited = now.ToDictionary(entry => entry.Key, entry => entry.Key is { Kind: "SecretsFile", Server: "web2" }
            && entry.Value is Observation.Found { Facts: SecretsFileFacts facts }
                ? new Observation.Found(facts with { Digest = "by-hand", Placed = "secret-digest-1" })
                : entry.Value);

        FilesOf(Before.Application.WithSecretsAsSeen(edited)).ShouldBe(["secret-digest-1 from its source"]);
    }

    [Fact]
    public void A_password_that_was_not_rotated_stays_when_only_another_key_was()
    {
        var back = WayBack(id => id.Kind == "SecretsFile");

        FilesOf(back).ShouldBe(["secret-digest-1 kept"]);
        PasswordOf(back).ShouldBe("password-digest-2 from its source");
    }

    [Fact]
    public void Of_two_logins_the_way_back_leads_to_those_who_could_log_in()
    {
        var (before, now) = (Before.WithLogins("coralnet_a"), Rotated.WithLogins("coralnet_b"));
        var was = AsGitSays.Of(before.Application.Resources);

        DatabaseSpec Back(Unit unit) =>
            unit.WithSecretsAsSeen(was).Resources.Select(resource => resource.Spec).OfType<DatabaseSpec>().Single();
        var back = Back(now.Application);

        back.FromKeptCopy.ShouldBeTrue();
        back.Passwords.ShouldBe([new("coralnet", null), new("coralnet_a", "password-digest-1"), new("coralnet_b", null)]);
        // What the sources still give needs nothing kept.
        Back(before.Application).Logins!.AsSeen.ShouldBeNull();
        // What was not seen is left as it is.
        was.Remove(was.Keys.Single(id => id.Kind == "Database"));
        Back(now.Application).Passwords.ShouldBeEmpty();
    }
}

using Reconciler.Model;

namespace Reconciler.Resources.Database;

/// <summary>
/// A role's other password, set while everything that takes it from the application's secrets files is stopped. A login that nobody uses
/// yet gets its password before anything stops, and the one that nobody uses any more loses its own after the new one was seen to work.
/// </summary>
internal static class PasswordSteps
{
    /// <summary>After the secrets files that its readers take it from.</summary>
    private const int AfterFiles = 5;

    /// <summary>
    /// On the way back before the files: interrupted in between, what is seen says by itself which of the two passwords holds, for a file that still has
    /// the new one can only go with the new one.
    /// </summary>
    private const int BeforeFiles = -5;

    public static IEnumerable<Step> Of(Resource resource, DatabaseSpec spec, DatabaseFacts facts, RolePassword wanted, bool firstContact)
    {
        if (wanted.Digest is null)
        {
            yield return Run(resource, Phase.Tidy, $"take away the password of role {wanted.Role}, which nobody logs in with any more",
                wanted, [new PayloadPart.Text(PasswordScripts.TakeAway(spec, wanted))]);
            yield break;
        }
        var isUnused = spec.Logins is not null && facts.PasswordOf(spec, wanted.Role) is null;
        if (spec.FromKeptCopy)
            yield return Run(resource, Phase.Secrets, $"give role {wanted.Role} back the password of before", wanted,
                PasswordScripts.Restore(spec, wanted)) with
            {
                Rank = BeforeFiles,
            };
        else
            yield return Set(resource, spec, wanted, facts, early: firstContact || isUnused);
        // As for secrets files: the copy is there for a way back only.
        if (!isUnused)
            yield return new(Phase.Tidy, resource.Id, $"forget the replaced password of role {wanted.Role}",
                RunnerRequest.Run("postgres", DatabaseScripts.Folder, "-", new PayloadPart.Text(PasswordScripts.Forget(wanted))));
    }

    /// <param name="early">Nobody logs in with it yet.</param>
    public static Step Set(Resource resource, DatabaseSpec spec, RolePassword wanted, DatabaseFacts? facts, bool early) =>
        Run(resource, early ? Phase.Prepare : Phase.Secrets, $"set the password of role {wanted.Role}", wanted,
            PasswordScripts.Set(spec, wanted, facts)) with
        {
            Rank = early ? Ranks.Databases : AfterFiles,
        };

    private static Step Run(Resource resource, Phase phase, string summary, RolePassword wanted, IReadOnlyList<PayloadPart> script) =>
        new(phase, resource.Id, summary, RunnerRequest.Run("postgres", DatabaseScripts.Folder, DatabaseProbe.NoteName(wanted.Role), script))
        {
            Proof = $"grep -q {Shell.Quote($"^{wanted.Role} {wanted.Digest ?? "none"} ")} {DatabaseProbe.NotePath(wanted.Role)}",
            // An old note proves nothing about a role dropped since.
            SkipWhenProven = false,
        };
}

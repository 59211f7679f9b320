using Reconciler.Model;

namespace Reconciler.Resources.Database;

/// <summary>A role's other password, set while everything that takes it from the application's secrets files is stopped.</summary>
internal static class PasswordSteps
{
    /// <summary>After the secrets files that its readers take it from.</summary>
    private const int AfterFiles = 5;

    /// <summary>
    /// On the way back before the files: interrupted in between, what is seen says by itself which of the two passwords holds, for a file that still has
    /// the new one can only go with the new one.
    /// </summary>
    private const int BeforeFiles = -5;

    public static IEnumerable<Step> Of(Resource resource, DatabaseSpec spec, DatabaseFacts facts, bool firstContact)
    {
        if (spec.FromKeptCopy)
            yield return Set(resource, spec, Phase.Secrets, BeforeFiles, PasswordScripts.Restore(spec)) with
            {
                Summary = $"give role {spec.Owner} back the password of before",
            };
        else
            yield return firstContact
                ? Set(resource, spec, Phase.Prepare, Ranks.Databases, PasswordScripts.Set(spec, facts))
                : Set(resource, spec, Phase.Secrets, AfterFiles, PasswordScripts.Set(spec, facts));
        // As for secrets files: the copy is there for a way back only.
        yield return new(Phase.Tidy, resource.Id, $"forget the replaced password of role {spec.Owner}",
            RunnerRequest.Run("postgres", DatabaseScripts.Folder, "-", new PayloadPart.Text(PasswordScripts.Forget(spec))));
    }

    public static Step Set(Resource resource, DatabaseSpec spec, Phase phase, int rank, IReadOnlyList<PayloadPart> script) =>
        new(phase, resource.Id, $"set the password of role {spec.Owner}",
            RunnerRequest.Run("postgres", DatabaseScripts.Folder, DatabaseProbe.NoteName(spec), script))
        {
            Proof = $"grep -q {Shell.Quote($"^{spec.Owner} {spec.PasswordDigest} ")} {DatabaseProbe.NotePath(spec)}",
            // An old note proves nothing about a role dropped since.
            SkipWhenProven = false,
            Rank = rank,
        };
}

using Reconciler.Documents;

namespace Reconciler.Rotating;

/// <summary>What to change after a suspected breach, in the manual's three bands, and what of it is done.</summary>
internal static class BreachPlan
{
    /// <summary>What no document names and no command does.</summary>
    private static readonly (Band Band, string Task, string What, string Person)[] OfPeople =
    [
        (Band.High, "iam", "passwords and access keys of people and machines at the cloud (AWS: IAM)",
            "change every password, delete every access key and make new ones only where they are needed; look through the cloud's log"
                + " for what was done with the old ones"),
        (Band.High, "volume", "the servers' disks: what was left on them is not found by looking",
            "make new servers with new volumes, enroll them and put them into servers.yaml; keep the old volumes, detached, as evidence"),
        (Band.Medium, "users", "passwords of the site's users", "tell them to change their passwords, here and wherever else they have"
            + " the same one"),
        (Band.Medium, "git-keys", "keys of the servers at the git host: none is needed, code comes from the controller",
            "revoke every deploy key but the controller's at the git host, and delete the private halves in the homes on the servers"),
    ];

    /// <param name="known">From the ledger; none for a secret that it never saw in force.</param>
    /// <param name="admins">By application: what its site says of its admins, or why it could not be asked.</param>
    public static IReadOnlyList<BreachTask> Of(
        DesiredEnvironment desired, DateTimeOffset since, Func<SecretName, KnownSecret?> known, IReadOnlyDictionary<string, SiteAdmins> admins)
    {
        var acknowledged = desired.Acknowledgements.Value.Values.GroupBy(entry => entry.For)
            .ToDictionary(entries => entries.Key, entries => entries.First().Reason);
        string? Word(string task) => acknowledged.TryGetValue(BreachTask.SubjectOf(task, since), out var reason)
            ? $"acknowledged: {reason}" : null;
        var secrets = SecretSubject.All(desired)
            .Where(secret => secret.Role.Use is not (SecretUse.DjangoFallbacks or SecretUse.DatabaseUser))
            .Select(secret => (secret.Role.Band, OfSecret(desired, secret, since, known(secret.Name), Word($"{secret.Name}"))));
        var people = OfPeople.Select(task => (task.Band, new BreachTask(WordOf(task.Band), task.Task, task.What, Word(task.Task))
        {
            Person = task.Person, Acknowledgement = BreachTask.AcknowledgementOf(task.Task, since),
        }));
        var sites = admins.OrderBy(site => site.Key, StringComparer.Ordinal).Select(site => (Band.Medium, OfAdmins(site.Key, site.Value,
            since, Word)));
        return [.. secrets.Concat(people).Concat(sites).OrderBy(each => each.Item1).Select(each => each.Item2)];
    }

    private static BreachTask OfSecret(DesiredEnvironment desired, SecretSubject secret, DateTimeOffset since, KnownSecret? known,
        string? word)
    {
        var command = CommandOf(desired, secret);
        var proof = known is { ChangedAt: { } at, FallbacksEmpty: true } && at > since ? $"another value is in force since"
            + $" {BreachTask.TimeOf(at)}" : word;
        return new(WordOf(secret.Role.Band), $"{secret.Name}", $"{secret.Role.Words} ({secret.Role.Because}), from {secret.From}", proof)
        {
            Command = secret.Scheme == "env" ? null : command,
            Person = secret.Scheme == "env" ? "set the variable anew where the controller's unit takes it from, and restart the controller"
                : command.EndsWith("--value-from-stdin", StringComparison.Ordinal) ? "have a new one issued and the old one revoked,"
                    + " then type the new one into the command"
                : null,
            Acknowledgement = BreachTask.AcknowledgementOf($"{secret.Name}", since),
        };
    }

    private static string CommandOf(DesiredEnvironment desired, SecretSubject secret)
    {
        var given = secret.Role.Length is null || secret.Databases.Values.Any(database => database.Address is not null);
        return $"reconciler rotate {desired.Name} {secret.Name}"
            + (desired.Environment.Value.PromotedFrom is null ? "" : " --first")
            + (secret.DeclaresFallbacks ? " --drop-fallbacks" : "")
            + (given ? " --value-from-stdin" : "");
    }

    private static BreachTask OfAdmins(string application, SiteAdmins admins, DateTimeOffset since, Func<string, string?> word)
    {
        var task = $"admins-{application}";
        return new(WordOf(Band.Medium), task, $"passwords of the site's admins: {admins.Said(since)}", word(task))
        {
            Person = "have each of them change the password; revoke those who need it no more (manage.py shell, or the site's admin pages)",
            Acknowledgement = BreachTask.AcknowledgementOf(task, since),
        };
    }

    private static string WordOf(Band band) => $"{band}".ToLowerInvariant();
}

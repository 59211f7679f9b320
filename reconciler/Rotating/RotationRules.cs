using Reconciler.Documents.Contracts;
using Reconciler.Documents.Kinds;

namespace Reconciler.Rotating;

/// <summary>Why a secret is not rotated as asked for, before anything is touched: sentences that say what to do instead.</summary>
internal static class RotationRules
{
    /// <param name="known">All secrets of the environment.</param>
    public static string Unknown(string environment, SecretName name, IEnumerable<SecretName> known)
    {
        var all = known.Select(each => $"{each}").ToList();
        return $"{environment} has no secret {name}; "
            + (Nearest.To($"{name}", all) is { } near ? $"did you mean {near}?" : $"there are"
                + $" {(all.Count == 0 ? "none" : string.Join(", ", all))}");
    }

    /// <summary>Of where its value stands; null when it can be put there.</summary>
    public static string? OfSource(string environment, SecretSubject secret)
    {
        if (secret.Scheme == "env")
            return $"{secret.Name} comes from {secret.From}, a variable of the controller's own environment, which no command can change: "
                + "write the new value where the unit takes it from (systemctl edit reconciler: EnvironmentFile=), restart the"
                    + " controller, and it is picked up; "
                + "or move it to a file: first";
        if (secret.Scheme is not ("file" or "age" or "aws"))
            return $"{secret.Name} comes from {secret.From}, which no command can change";
        if (secret.Scheme == "aws" && secret.IsInGit && OfPin(environment, secret) is { } pin)
            return pin;
        if (secret.Role.Use == SecretUse.DatabaseUser)
            return $"{secret.Name} names the login in use and changes with its password: rotate that one";
        return secret.Role.Use == SecretUse.DjangoFallbacks
            ? $"{secret.Name} follows SECRET_KEY: rotate that one; with --drop-fallbacks no value of before counts any more" : null;
    }

    /// <summary>Of where its version is pinned; null when that is this environment's own.</summary>
    public static string? OfPin(string environment, SecretSubject secret) =>
        secret.Place.File.StartsWith($"{environment}/", StringComparison.Ordinal) ? null
            : $"the `version` of {secret.Name} stands in {secret.Place}, so that every environment has it: write `version` into "
                + $"{environment}/{secret.Name.Application}/secrets.yaml first";

    /// <summary>Of the new value; null when it may be so.</summary>
    /// <param name="given">By a person, on stdin.</param>
    /// <param name="length">As asked for; null: as it fits.</param>
    public static string? OfValue(SecretSubject secret, bool given, int? length)
    {
        if (secret.Databases.Values.FirstOrDefault(database => database.Address is not null) is { } elsewhere)
            return given ? null : $"{secret.Name} is the password of role {elsewhere.Owner} at {elsewhere.Address}, which somebody else"
                + $" runs: "
                + "have it changed there, then give the new one with --value-from-stdin";
        if (!given && length is null && secret.Role.Length is null)
            return $"{secret.Name} is {secret.Role.Words} ({secret.Role.Because}), which somebody else issues: have a new one made"
                + $" there and give it with "
                + "--value-from-stdin; or if nobody else has to know it, say --length 48 and one is made up";
        return !given && length is null && secret.File.Format == SecretFormat.Raw
            ? $"{secret.Name} is a file of its own: give all of it with --value-from-stdin" : null;
    }

    /// <summary>Staging before production (seeds/001: 40-41); null when that holds.</summary>
    /// <param name="first">The environment that this one is promoted from; null where it is from none, or it has no such secret.</param>
    public static string? OfOrder(string environment, SecretName name, string? first, DateTimeOffset? changedThere,
        DateTimeOffset? changedHere) =>
        first is null || changedThere > (changedHere ?? DateTimeOffset.MinValue) ? null
            : $"{environment} is promoted from {first}, and {name} was not rotated there since: type `reconciler rotate {first} {name}`"
                + $" first; "
                + "or if this one cannot wait, say --first";
}

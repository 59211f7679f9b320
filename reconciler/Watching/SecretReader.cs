using Reconciler.Documents;
using Reconciler.Documents.Expansion;
using Reconciler.Documents.Kinds;
using Reconciler.Model;
using Reconciler.Secrets;

namespace Reconciler.Watching;

/// <summary>Resolves every secrets file of an environment: digests for the plan, values only into memory, all faults at once.</summary>
internal sealed class SecretReader(SecretFileResolver resolver, AgeProgram age, ResolvedSecrets kept)
{
    private const string PickedUp = "What is corrected at its source is picked up by itself, without a commit.";

    /// <param name="faults">Gains, by application, what could not be resolved.</param>
    public async Task<SecretDigests> ReadAsync(DesiredEnvironment desired, Dictionary<string, string> faults, CancellationToken cancellation)
    {
        var files = new Dictionary<SecretFileReference, string>();
        var keys = new Dictionary<SecretReference, string>();
        var provenance = new Dictionary<SecretFileReference, string>();
        var logins = new Dictionary<SecretReference, string>();
        foreach (var folder in desired.Folders)
        {
            var withFiles = resolver.With(new AgeSecretSource(age, path => desired.ReadTemplate(folder.Name, path)?.Content));
            foreach (var (name, entry) in folder.Secrets.Value)
            {
                var reference = new SecretFileReference(desired.Name, folder.Name, name);
                switch (await withFiles.ResolveAsync(DeclarationOf(desired, folder, entry, reference), cancellation))
                {
                    case SecretReading.Resolved(var file):
                        kept.Keep(file);
                        files[reference] = file.KeyedDigest;
                        foreach (var (key, digest) in file.ValueDigests)
                            keys[new(reference, key)] = digest;
                        if (file.Provenance is { } from)
                            provenance[reference] = from;
                        if (ReadLogins(desired, folder, name, file, logins) is { } fault)
                            faults[folder.Name] = fault;
                        break;
                    case SecretReading.Refused(var refused):
                        faults[folder.Name] = $"{folder.Secrets.KeyPlaceOf(name)}: {string.Join(" ", refused.Select(fault => fault.Sentence))}"
                            + (refused.All(fault => fault.Reason == SecretFaultReason.Declaration) ? "" : $" {PickedUp}");
                        break;
                }
            }
        }
        return new(files, keys) { Provenance = provenance, Logins = logins };
    }

    /// <param name="logins">Gains the role that each database with <c>logins</c> is logged in to with, where this file says it.</param>
    /// <returns>What is wrong, said before anything stops; not the value, which may be a password in the wrong place.</returns>
    private static string? ReadLogins(
        DesiredEnvironment desired, DesiredFolder folder, string name, ResolvedSecretFile file, Dictionary<SecretReference, string> logins)
    {
        foreach (var database in desired.Host.Databases.Value.Values)
        {
            if (database is not { Logins: { } roles, User: { } user } || user.Split('/') is not [var application, _, var named, var key]
                || application != folder.Name || named != name || !file.Values.TryGetValue(key, out var value))
                continue;
            string[] known = [.. roles, database.Owner];
            if (Array.Find(known, role => role == value.RevealText()) is not { } login)
                return $"{folder.Secrets.PlaceOf(name, "keys", key)}: {key} names none of {string.Join(", ", roles)}, which are the"
                    + $" `logins` in {desired.Host.Databases.Place.File}: put one of them (or {database.Owner}, until they are taken into"
                    + $" use) there. {PickedUp}";
            logins[new(file.Reference, key)] = login;
        }
        return null;
    }

    private static SecretFileDeclaration DeclarationOf(DesiredEnvironment desired, DesiredFolder folder, SecretFileEntry entry, SecretFileReference reference)
    {
        var texts = new Texts(desired, folder, null);
        return new(reference, Enum.Parse<Secrets.SecretFormat>($"{entry.Format}"),
            entry.Keys.ToDictionary(key => key.Key, key => new SecretKeyDeclaration(
                key.Value.From is { } from ? texts.Plain(from) : null, key.Value.Version)))
        {
            Version = entry.Version,
            From = entry.From is { } whole ? texts.Plain(whole) : null,
            Template = entry.Template is { } template ? values => texts.Secrets(template, values) : null,
        };
    }
}

using Reconciler.Documents.Kinds;
using Reconciler.Documents.Yaml;

namespace Reconciler.Documents.Rules;

/// <summary><c>logins</c> of a database: two roles beside the owner, and a key of the secrets file that says which is in use.</summary>
internal static class LoginRules
{
    public static void Check(RuleContext context, DesiredFolder folder, string name, DatabaseEntry database)
    {
        var document = folder.Databases;
        context.CheckOnlyWith(document, name, "logins", database.Logins is not null, database.Address is null, "`on`");
        context.CheckOnlyWith(document, name, "user", database.User is not null, database.Logins is not null, "`logins`");
        if (database.Logins is not { } logins || document.IsFaulty(name))
            return;
        var place = document.PlaceOf(name, "logins");
        if (logins.Count != 2 || logins[0] == logins[1])
            context.Fault("bad-value", place, $"`logins` names {(logins.Count == 2 ? "one role twice" : $"{logins.Count} roles")}",
                "write exactly two, as [coralnet_a, coralnet_b]: they are taken in turn");
        else if (logins.FirstOrDefault(login => login == database.Owner) is { } owner)
            context.Fault("bad-value", place, $"{Shown.Value(owner)} is the owner of {Shown.Value(name)}",
                "write two other roles: both work as the owner, and its own password is taken away once they are in use");
        else
            CheckShared(context, folder, name, database, logins);
        if (database.User is null)
            context.Fault("missing-key", document.KeyPlaceOf(name), $"{Shown.Value(name)} has `logins` and no `user`",
                "write user: APPLICATION/secrets/FILE/KEY, the key that says which of the two is in use");
        else
            CheckUser(context, folder, name, database, database.User);
    }

    /// <summary>Roles belong to the whole of a PostgreSQL: one password of one role cannot follow two secrets.</summary>
    private static void CheckShared(
        RuleContext context, DesiredFolder folder, string name, DatabaseEntry database, IReadOnlyList<string> logins)
    {
        var servers = context.Desired.ServersOn(database.On ?? []).ToHashSet();
        foreach (var (other, entry) in folder.Databases.Value)
        {
            if (other == name || !context.Desired.ServersOn(entry.On ?? []).Any(servers.Contains))
                continue;
            var same = entry.Logins?.SequenceEqual(logins) == true && entry.User == database.User && entry.Password == database.Password;
            if (entry.Owner == database.Owner && !same)
                context.Fault("bad-value", folder.Databases.PlaceOf(name, "logins"),
                    $"{Shown.Value(other)} on the same server has the owner {Shown.Value(entry.Owner)} too, and other `logins`, `user` or"
                        + " `password`",
                    "give both the same three, or owners of their own");
            else if (entry.Owner != database.Owner
                && logins.FirstOrDefault(login => login == entry.Owner || entry.Logins?.Contains(login) == true) is { } taken)
                context.Fault("two-owners", folder.Databases.PlaceOf(name, "logins"),
                    $"the role {Shown.Value(taken)} is claimed here and by {Shown.Value(other)} at {folder.Databases.KeyPlaceOf(other)}",
                    "one owner per thing: change one of the two");
        }
    }

    private static void CheckUser(RuleContext context, DesiredFolder folder, string name, DatabaseEntry database, string user)
    {
        var (parts, password) = (user.Split('/'), database.Password.Split('/'));
        var place = folder.Databases.PlaceOf(name, "user");
        if (parts.Length != 4 || password.Length != 4)
            return;
        if (parts[0] != password[0] || parts[2] != password[2] || parts[3] == password[3])
            context.Fault("bad-value", place, $"{Shown.Value(user)} does not stand beside {Shown.Value(database.Password)}",
                "name another key of the same secrets file, so that both change at once");
        else if (parts[0] == Model.ResourceId.Host)
            context.Fault("bad-value", place, $"{Shown.Value(user)} belongs to the servers, and they have no run that restarts its readers",
                "name keys of an application's secrets file");
        else if (ServiceRules.Owner(context, parts[0]) is { } owner && owner.Secrets.Value.TryGetValue(parts[2], out var file)
            && !owner.Secrets.IsFaulty(parts[2]))
            CheckSource(context, place, owner, parts, password[3], file);
    }

    private static void CheckSource(
        RuleContext context, Model.Place place, DesiredFolder owner, string[] user, string password, SecretFileEntry file)
    {
        if (!file.Keys.TryGetValue(user[3], out var mine))
        {
            context.Fault("unknown-reference", place, $"{Shown.Value(user[2])} of {owner.Name} declares no key {Shown.Value(user[3])}",
                $"write {user[3]}: {{}} among its `keys` in secrets.yaml, and the name of the owner or of a login at its source");
            return;
        }
        if (!file.Keys.TryGetValue(password, out var other))
            return;
        static (string?, string?) ObjectOf(SecretFileEntry file, SecretKeyEntry key) =>
            key.From is null ? (file.From?.Split('#')[0], file.Version) : (key.From.Split('#')[0], key.Version);
        if (ObjectOf(file, mine) != ObjectOf(file, other) || (mine.From ?? other.From)?.Contains('#') == false)
            context.Fault("bad-value", owner.Secrets.PlaceOf(user[2], "keys", user[3]),
                $"{user[3]} and {password} do not come from one JSON object",
                "take both from the same source, at the same version, so that both change at once");
    }
}

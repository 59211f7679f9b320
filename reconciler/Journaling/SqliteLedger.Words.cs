namespace Reconciler.Journaling;

internal sealed partial class SqliteLedger
{
    public PersonsWord? WordOf(string environment, string application) =>
        One("SELECT environment, application, digest, asked_by, heal_all FROM words "
            + "WHERE environment = $environment AND application = $application",
            row => new PersonsWord(row.Text(0), row.Text(1), row.Text(2), row.TextOrNull(3), row.Number(4) == 1),
            ("$environment", environment), ("$application", application));

    public void KeepWord(PersonsWord word) => _database.Execute(
        "INSERT OR REPLACE INTO words VALUES ($environment, $application, $digest, $by, $heal, $at)",
        ("$environment", word.Environment), ("$application", word.Application), ("$digest", word.Digest), ("$by", word.By),
        ("$heal", word.HealAll ? 1 : 0), ("$at", Now));

    public void ForgetWord(string environment, string application) =>
        _database.Execute("DELETE FROM words WHERE environment = $environment AND application = $application",
            ("$environment", environment), ("$application", application));
}

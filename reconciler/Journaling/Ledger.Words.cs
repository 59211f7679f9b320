namespace Reconciler.Journaling;

internal sealed partial class Ledger
{
    public PersonsWord? WordOf(string environment, string application) =>
        One("SELECT environment, application, digest, asked_by, heal_all FROM words "
            + "WHERE environment = @environment AND application = @application",
            row => new PersonsWord(row.Text(0), row.Text(1), row.Text(2), row.TextOrNull(3), row.Number(4) == 1),
            ("@environment", environment), ("@application", application));

    public void KeepWord(PersonsWord word) => Put(word.Environment, "words", "environment, application",
        ("environment", word.Environment), ("application", word.Application), ("digest", word.Digest), ("asked_by", word.By),
        ("heal_all", word.HealAll ? 1 : 0), ("at", Now));

    public void ForgetWord(string environment, string application) =>
        Write(environment, "DELETE FROM words WHERE environment = @environment AND application = @application",
            ("@environment", environment), ("@application", application));
}

using Reconciler.Model;

namespace Reconciler.Journaling;

internal sealed partial class Ledger
{
    public IReadOnlyList<SecretInForce> SecretsInForce(string environment) => _store.Query(
        "SELECT application, file, key, digest, changed_at FROM secrets WHERE environment = @environment ORDER BY application, file, key",
        row => new SecretInForce(new(new(environment, row.Text(0), row.Text(1)), row.Text(2)), row.Text(3), row.TimeOrNull(4)),
        ("@environment", environment));

    public void NoteSecretInForce(SecretReference secret, string digest) => Write(secret.File.Environment,
        """
        INSERT INTO secrets (environment, application, file, key, digest) VALUES (@environment, @application, @file, @key, @digest)
        ON CONFLICT (environment, application, file, key) DO UPDATE SET digest = excluded.digest, changed_at = @at
        WHERE secrets.digest <> excluded.digest
        """,
        ("@environment", secret.File.Environment), ("@application", secret.File.Application), ("@file", secret.File.Name),
        ("@key", secret.Key), ("@digest", digest), ("@at", Now));
}

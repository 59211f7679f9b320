using System.Text;
using Reconciler.Documents;
using Reconciler.Documents.Editing;
using Reconciler.Journaling;
using Reconciler.Rotating;
using Reconciler.Secrets;
using Reconciler.Secrets.Aws;

namespace Reconciler.Cli;

/// <summary>How a person wants a secret rotated.</summary>
/// <param name="Given">The new value; null: one is made up.</param>
/// <param name="First">Before the environment that this one is promoted from.</param>
/// <param name="ToBeMerged">The commit goes to another branch than the followed one.</param>
internal sealed record RotationWishes(SecretValue? Given, int? Length, bool DropFallbacks, bool First, bool ToBeMerged);

/// <summary>Puts a new value of a secret at its source. The old one stays in this process's memory alone, and goes with it.</summary>
/// <param name="knowsFallbacks">Asks the live Django of an application whether it knows SECRET_KEY_FALLBACKS.</param>
internal sealed class Rotation(
    ControllerSettings settings, string environment, SecretName name, RotationWishes wishes, Func<CancellationToken, Task<bool>> knowsFallbacks)
{
    private SecretValue? _fresh;
    private bool? _keepsOld;
    private LoginSwap? _login;

    /// <summary>Null until it was found in the documents.</summary>
    public SecretSubject? Subject { get; private set; }

    /// <summary>Null until the new value is at its source.</summary>
    public SecretReplacement? Replacement { get; private set; }

    /// <summary>The version at the source that has the new value; null for sources that keep one only.</summary>
    public string? Version { get; private set; }

    public SecretValue Fresh => _fresh!;

    /// <summary>Who logs in with it; null where that does not change, or is not changed yet.</summary>
    public LoginSwap? Login => _login;

    /// <summary>All secrets that have the new value with it.</summary>
    public IReadOnlyList<SecretName> Changed { get; private set; } = [];

    /// <summary>Not only its own application reads it.</summary>
    public bool ConcernsOthers { get; private set; }

    /// <summary>Of the old key, for those who are logged in; null where it is not Django's.</summary>
    public string? LoggedIn => Subject?.Role.Use == SecretUse.DjangoSecretKey
        ? DjangoKeys.LoggedIn(_keepsOld == true, Subject.DeclaresFallbacks, wishes.DropFallbacks) : null;

    /// <summary>Called again when others pushed meanwhile: what was put at a source outside of git is not put there twice.</summary>
    /// <returns>The commit's message.</returns>
    public async Task<string> AtSourceAsync(DesiredStateEdit desired, CancellationToken cancellation)
    {
        desired.Require(environment);
        var documents = await desired.DocumentsAsync(environment, cancellation);
        var subject = Subject = SecretSubject.Find(documents, name)
            ?? throw new UsageException(RotationRules.Unknown(environment, name, SecretSubject.All(documents).Select(each => each.Name)));
        Refuse(RotationRules.OfSource(environment, subject) ?? RotationRules.OfValue(subject, wishes.Given is not null, wishes.Length));
        if (wishes.ToBeMerged && !subject.IsInGit)
            throw new UsageException($"--to-branch: git says nothing of the value of {name}, which stands in {subject.From} and counts"
                + $" at once; leave it away");
        _login ??= LoginOf(documents, subject);
        if (!wishes.First && Replacement is null)
            await RequireOrderAsync(desired, documents, cancellation);
        _fresh ??= ValueFor(subject);
        _keepsOld ??= subject.DeclaresFallbacks && !wishes.DropFallbacks && await knowsFallbacks(cancellation);
        await (subject.Scheme switch
        {
            "file" => IntoFileAsync(subject, cancellation),
            "age" => IntoGitAsync(desired, documents, subject, cancellation),
            _ => IntoAwsAsync(desired, documents, subject, cancellation),
        });
        Changed = [.. subject.FromTheSame(documents).Select(each => each.Name)];
        ConcernsOthers = subject.IsReadByOthers(documents);
        return $"Rotate {name} in {environment}";
    }

    /// <summary>Once the commit is pushed: others who follow the current version of an AWS secret get the new one too.</summary>
    public async Task CommittedAsync(CancellationToken cancellation)
    {
        if (Subject is { Scheme: "aws", IsInGit: true } subject && !wishes.ToBeMerged && Version is { } version)
        {
            using var source = new AwsSecretSource(Connect);
            await new AwsSecretStore(source, Connect).MakeCurrentAsync(LocationOf(subject), version, cancellation);
        }
    }

    private async Task IntoFileAsync(SecretSubject subject, CancellationToken cancellation)
    {
        var replacement = ReplacementIn(subject);
        await new FileSecretStore(new FileSecretSource(settings.Secrets), RequireOurs).ReplaceAsync(LocationOf(subject),
            replacement.Apply, cancellation);
        Replacement = replacement;
    }

    private async Task IntoGitAsync(DesiredStateEdit desired, DesiredEnvironment documents, SecretSubject subject,
        CancellationToken cancellation)
    {
        var location = LocationOf(subject);
        var file = documents.ReadTemplate(name.Application, location.Name) ?? throw new EditException($"there is no file"
            + $" {location.Name} beside {subject.Place}");
        if (!file.File.StartsWith($"{environment}/", StringComparison.Ordinal))
            throw new EditException($"{file.File} belongs to every environment: give {environment} a file of its own, "
                + $"{environment}/{name.Application}/{location.Name}, and rotate that");
        if (documents.ReadTemplate(name.Application, location.Name + AgeRecipients.Suffix) is not { } beside)
            throw new EditException($"there is no {file.File}{AgeRecipients.Suffix}, which says for whom it is encrypted anew: write"
                + $" it, a public key of age on each line "
                + "(age-keygen -y IDENTITY shows the controller's)");
        var (recipients, fault) = AgeRecipients.Read(beside.File, beside.Text);
        Refuse(fault);
        var age = new AgeProgram(settings.AgeIdentity);
        var replacement = ReplacementIn(subject);
        var whole = replacement.Apply(await age.DecryptAsync(file.File, file.Content, cancellation));
        desired.Write(file.File, await age.EncryptAsync(file.File, whole, recipients, cancellation));
        Replacement = replacement;
    }

    private async Task IntoAwsAsync(DesiredStateEdit desired, DesiredEnvironment documents, SecretSubject subject,
        CancellationToken cancellation)
    {
        var pinned = subject.IsInGit ? subject.Pinned(documents) : [];
        Refuse(pinned.Select(each => RotationRules.OfPin(environment, each)).FirstOrDefault(fault => fault is not null));
        if (Replacement is null)
        {
            using var source = new AwsSecretSource(Connect);
            var replacement = ReplacementIn(subject);
            Version = await new AwsSecretStore(source, Connect).ReplaceAsync(LocationOf(subject), replacement.Apply, cancellation);
            Replacement = replacement;
        }
        foreach (var each in pinned)
            desired.Rewrite(each.Place.File, edit => edit.Set(Version!, ["spec", .. each.VersionPath]));
    }

    private async Task RequireOrderAsync(DesiredStateEdit desired, DesiredEnvironment documents, CancellationToken cancellation)
    {
        if (documents.Environment.Value.PromotedFrom?.Environment is not { } from
            || SecretSubject.Find(await desired.DocumentsAsync(from, cancellation), name) is null)
            return;
        Refuse(RotationRules.OfOrder(environment, name, from, ChangedAt(from), ChangedAt(environment)));
    }

    private DateTimeOffset? ChangedAt(string where)
    {
        try
        {
            using var ledger = settings.Ledger.OpenForReading(TimeProvider.System);
            return ledger.SecretsInForce(where).FirstOrDefault(secret => secret.Secret == ReferenceOf(where, name))?.ChangedAt;
        }
        catch (LedgerException fault) when (fault.Fault == LedgerFault.Missing)
        {
            return null;
        }
    }

    public static Model.SecretReference ReferenceOf(string environment, SecretName name) =>
        new(new(environment, name.Application, name.File), name.Key ?? "");

    private SecretReplacement ReplacementIn(SecretSubject subject) => new(LocationOf(subject), subject.Member, Fresh)
    {
        Fallbacks = _keepsOld == true || (wishes.DropFallbacks && subject.DeclaresFallbacks) ? SecretSubject.FallbacksKey : null,
        DropFallbacks = wishes.DropFallbacks,
        Login = _login,
    };

    /// <summary>The next one is one that no reader has, whatever a rotation that did not come through left at the source.</summary>
    private LoginSwap? LoginOf(DesiredEnvironment documents, SecretSubject subject)
    {
        if (subject.User is not { } user || SecretSubject.Find(documents, user) is not { Member: { } member })
            return null;
        try
        {
            using var ledger = settings.Ledger.OpenForReading(TimeProvider.System);
            var known = ledger.SecretsInForce(environment)
                .FirstOrDefault(secret => secret.Secret == ReferenceOf(environment, user))?.Digest;
            return new(member, subject.Logins.Take(2).ToList(), subject.Logins[2],
                subject.Logins.FirstOrDefault(login => KeyedDigest.Of(ledger.DigestKey, Encoding.UTF8.GetBytes(login)) == known));
        }
        catch (LedgerException fault) when (fault.Fault == LedgerFault.Missing)
        {
            return new(member, subject.Logins.Take(2).ToList(), subject.Logins[2], null);
        }
    }

    private static SecretLocation LocationOf(SecretSubject subject) => SecretLocation.Parse(subject.From,
        subject.Version)! with { Key = null };

    private SecretValue ValueFor(SecretSubject subject)
    {
        var value = wishes.Given ?? NewSecret.Of(wishes.Length ?? subject.Role.Length!.Value);
        if (subject.Databases.Count > 0)
            ScramVerifier.Of(value);
        if (NewValues.FaultOf(subject.Name.Key, $"{subject.File.Format}", value) is { } fault)
            throw new UsageException($"the new value of {name} {fault}; nothing was changed");
        return value;
    }

    private SecretsManager Connect(string? region) => new(SecretsManager.ConfigOf(region ?? settings.Aws.Region, settings.Aws.Profile));

    private static void RequireOurs(string path)
    {
        if (FileOwner.Of(path) is var owner && owner != FileOwner.Me)
            throw new UsageException($"{path} belongs to the user with number {owner}, who could not read what is written now: begin"
                + $" the command with `sudo -u '#{owner}'`");
    }

    private static void Refuse(string? fault)
    {
        if (fault is not null)
            throw new EditException(fault);
    }
}

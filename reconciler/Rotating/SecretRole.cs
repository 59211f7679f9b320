using System.Text.RegularExpressions;

namespace Reconciler.Rotating;

/// <summary>In which order the manual changes things after a suspected breach (seeds/000: 197-212).</summary>
internal enum Band
{
    High,
    Medium,
    Lower,
}

/// <summary>What a secret is for.</summary>
internal enum SecretUse
{
    DatabasePassword,

    /// <summary>Who logs in to a database: no secret by itself, and changed with the password.</summary>
    DatabaseUser,
    CloudCredential,
    DjangoSecretKey,
    DjangoFallbacks,

    /// <summary>A private key: of TLS, of ssh.</summary>
    PrivateKey,

    /// <summary>What lets into a service that somebody else runs or that holds data: a mailbox, a broker, a login.</summary>
    Password,

    /// <summary>What somebody else issues and bills: maps, monitoring.</summary>
    ApiKey,
    Unknown,
}

/// <summary>What follows from what a secret is for. The table is a guess by names, and is printed so that a person can object.</summary>
/// <param name="Because">What it was told by.</param>
internal sealed partial record SecretRole(SecretUse Use, string Because)
{
    private static readonly (Regex Name, SecretUse Use)[] Table =
    [
        (Fallbacks(), SecretUse.DjangoFallbacks), (SecretKey(), SecretUse.DjangoSecretKey), (Cloud(), SecretUse.CloudCredential),
        (Database(), SecretUse.DatabasePassword), (Private(), SecretUse.PrivateKey), (Api(), SecretUse.ApiKey), (Login(),
            SecretUse.Password),
    ];

    /// <param name="ofDatabase">databases.yaml names it: then nothing is guessed.</param>
    /// <param name="ofLogin">It does so as <c>user</c>.</param>
    public static SecretRole Of(SecretName name, bool ofDatabase, bool ofLogin = false)
    {
        if (ofDatabase)
            return new(SecretUse.DatabasePassword, "databases.yaml names it");
        if (ofLogin)
            return new(SecretUse.DatabaseUser, "databases.yaml names it");
        var word = name.Key ?? name.File;
        foreach (var (pattern, use) in Table)
            if (pattern.IsMatch(word))
                return new(use, $"by its name {word}");
        return new(SecretUse.Unknown, $"its name {word} says nothing");
    }

    public Band Band => Use switch
    {
        SecretUse.DatabasePassword or SecretUse.CloudCredential => Band.High,
        SecretUse.ApiKey => Band.Lower,
        // What nobody can tell is not for later.
        _ => Band.Medium,
    };

    /// <summary>How long a made-up value is; null where a made-up one would let nobody in: somebody else issues it.</summary>
    /// <remarks>Django asks for 50 characters of a SECRET_KEY (security.W009).</remarks>
    public int? Length => Use switch
    {
        SecretUse.DatabasePassword => 32,
        SecretUse.DjangoSecretKey => 64,
        _ => null,
    };

    public string Words => Use switch
    {
        SecretUse.DatabasePassword => "a database password",
        SecretUse.DatabaseUser => "the name of a database login",
        SecretUse.CloudCredential => "a cloud credential",
        SecretUse.DjangoSecretKey => "Django's secret key",
        SecretUse.DjangoFallbacks => "Django's secret keys of before",
        SecretUse.PrivateKey => "a private key",
        SecretUse.Password => "a password",
        SecretUse.ApiKey => "an API key",
        _ => "of unknown use",
    };

    [GeneratedRegex("^SECRET_KEY_FALLBACKS$", RegexOptions.IgnoreCase)]
    private static partial Regex Fallbacks();

    [GeneratedRegex("^(DJANGO_)?SECRET_KEY$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretKey();

    [GeneratedRegex("(^|_)(AWS|IAM|S3|AZURE|GCP|GCLOUD)(_|$)|ACCESS_KEY(_ID)?$|SECRET_ACCESS_KEY|SERVICE_ACCOUNT", RegexOptions.IgnoreCase)]
    private static partial Regex Cloud();

    [GeneratedRegex("(DATABASE|(^|_)(DB|PG|POSTGRES|POSTGRESQL|MYSQL|RDS))_?(PASS|PASSWORD|PASSWD|PWD|URL|DSN)$|^PGPASSWORD$",
        RegexOptions.IgnoreCase)]
    private static partial Regex Database();

    [GeneratedRegex("PRIVATE_?KEY|(^|[-_])(TLS|SSL|SSH)([-_]|$)|-key$", RegexOptions.IgnoreCase)]
    private static partial Regex Private();

    [GeneratedRegex("MAPS|API_?KEY|LICEN[SC]E_?KEY|(^|_)DSN$|(^|_)API(_|$)|_KEY$|_TOKEN$|WEBHOOK", RegexOptions.IgnoreCase)]
    private static partial Regex Api();

    [GeneratedRegex("PASS(WORD|WD|PHRASE)?$|(^|_)PWD$|SECRET$|CREDENTIALS?$|_URL$", RegexOptions.IgnoreCase)]
    private static partial Regex Login();
}

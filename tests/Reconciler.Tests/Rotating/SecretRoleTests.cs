using Reconciler.Rotating;

namespace Reconciler.Tests.Rotating;

public sealed class SecretRoleTests
{
    [Theory]
    [InlineData("DATABASE_PASSWORD", SecretUse.DatabasePassword, Band.High)]
    [InlineData("DB_PASS", SecretUse.DatabasePassword, Band.High)]
    [InlineData("DATABASE_URL", SecretUse.DatabasePassword, Band.High)]
    [InlineData("PGPASSWORD", SecretUse.DatabasePassword, Band.High)]
    [InlineData("AWS_SECRET_ACCESS_KEY", SecretUse.CloudCredential, Band.High)]
    [InlineData("AWS_ACCESS_KEY_ID", SecretUse.CloudCredential, Band.High)]
    [InlineData("S3_BUCKET_KEY", SecretUse.CloudCredential, Band.High)]
    [InlineData("SECRET_KEY", SecretUse.DjangoSecretKey, Band.Medium)]
    [InlineData("DJANGO_SECRET_KEY", SecretUse.DjangoSecretKey, Band.Medium)]
    [InlineData("SECRET_KEY_FALLBACKS", SecretUse.DjangoFallbacks, Band.Medium)]
    [InlineData("EMAIL_HOST_PASSWORD", SecretUse.Password, Band.Medium)]
    [InlineData("BROKER_URL", SecretUse.Password, Band.Medium)]
    [InlineData("SSH_PRIVATE_KEY", SecretUse.PrivateKey, Band.Medium)]
    [InlineData("TLS_CERTIFICATE", SecretUse.PrivateKey, Band.Medium)]
    [InlineData("GOOGLE_MAPS_KEY", SecretUse.ApiKey, Band.Lower)]
    [InlineData("NEW_RELIC_LICENSE_KEY", SecretUse.ApiKey, Band.Lower)]
    [InlineData("NEW_RELIC_API_KEY", SecretUse.ApiKey, Band.Lower)]
    [InlineData("SENTRY_DSN", SecretUse.ApiKey, Band.Lower)]
    [InlineData("REEF", SecretUse.Unknown, Band.Medium)]
    internal void A_name_tells_what_it_is_for(string key, SecretUse use, Band band) =>
        SecretRole.Of(new("site", "settings", key), ofDatabase: false).ShouldSatisfyAllConditions(
            role => role.Use.ShouldBe(use), role => role.Band.ShouldBe(band), role => role.Because.ShouldContain(key));

    [Fact]
    public void A_file_that_is_one_value_is_told_by_its_own_name_and_what_databases_yaml_names_is_no_guess()
    {
        SecretRole.Of(new("site", "tls-key", null), false).Use.ShouldBe(SecretUse.PrivateKey);
        SecretRole.Of(new("site", "settings", "REEF"), true).ShouldBe(new(SecretUse.DatabasePassword, "databases.yaml names it"));
        SecretRole.Of(new("site", "settings", "REEF"), false, ofLogin: true).Words.ShouldBe("the name of a database login");
    }

    [Theory]
    [InlineData("coralnet/settings/SECRET_KEY", "coralnet/secrets/settings/SECRET_KEY")]
    [InlineData("coralnet/secrets/settings/SECRET_KEY", "coralnet/secrets/settings/SECRET_KEY")]
    [InlineData("coralnet/tls", "coralnet/secrets/tls")]
    [InlineData("coralnet/secrets/secrets/KEY", "coralnet/secrets/secrets/KEY")]
    public void A_secret_is_named_as_documents_name_it(string typed, string inDocuments) =>
        SecretName.Parse(typed)!.InDocuments.ShouldBe(inDocuments);

    [Theory]
    [InlineData("coralnet")]
    [InlineData("coralnet/settings/")]
    [InlineData("coralnet/settings/KEY/more")]
    [InlineData("../settings/KEY")]
    [InlineData("coralnet/settings/KEY\n")]
    public void What_is_no_name_is_none(string typed) => SecretName.Parse(typed).ShouldBeNull();

    [Theory]
    [InlineData("django 4 1\n", true)]
    [InlineData("noise\ndjango 5 2\n", true)]
    [InlineData("django 4 0\n", false)]
    [InlineData("django 3 2\n", false)]
    [InlineData("Traceback\n", null)]
    public void Fallbacks_are_known_from_Django_4_1_on(string answer, bool? known) => DjangoKeys.KnowsFallbacks(answer).ShouldBe(known);

    [Fact]
    public void Recipients_are_public_keys_and_never_a_program_to_be_started()
    {
        var key = "age1" + new string('q', 58);
        AgeRecipients.Read("f", $"# ada\n{key}\n\nssh-ed25519 AAAAC3Nz ada@reef\n").Keys.ShouldBe([key, "ssh-ed25519 AAAAC3Nz ada@reef"]);
        AgeRecipients.Read("f", $"{key}\nage1yubikey1{new string('q', 58)}\n").Fault.ShouldStartWith("f:2: this is no public key of age");
        AgeRecipients.Read("f", "AGE-SECRET-KEY-1QQ").Fault.ShouldSatisfyAllConditions(
            fault => fault.ShouldStartWith("f:1: this is no public key"), fault => fault!.ShouldNotContain("1QQ"));
        AgeRecipients.Read("f", "# nobody\n").Fault.ShouldStartWith("f names nobody");
    }

    [Fact]
    public void Production_comes_after_the_environment_that_it_is_promoted_from()
    {
        var name = new SecretName("coralnet", "settings", "SECRET_KEY");
        var (early, late) = (DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
        RotationRules.OfOrder("production", name, null, null, late).ShouldBeNull();
        RotationRules.OfOrder("production", name, "staging", late, early).ShouldBeNull();
        RotationRules.OfOrder("production", name, "staging", early, null).ShouldBeNull();
        foreach (var (there, here) in new (DateTimeOffset?, DateTimeOffset?)[] { (early, late), (null, null), (null, early), (early,
            early) })
            RotationRules.OfOrder("production", name, "staging", there, here)
                .ShouldBe("production is promoted from staging, and coralnet/settings/SECRET_KEY was not rotated there since: "
                    + "type `reconciler rotate staging coralnet/settings/SECRET_KEY` first; or if this one cannot wait, say --first");
    }
}

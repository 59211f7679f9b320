using System.Security.Cryptography;
using System.Text;
using Reconciler.Secrets;

namespace Reconciler.Tests.Secrets;

public sealed class ScramVerifierTests
{
    // RFC 7677 section 3: user "user", password "pencil".
    private const string Salt = "W22ZaJ0SNY7soEsUEjb6gQ==";
    private const string Exchange =
        "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private const string Proof = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    private const string ServerSignature = "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    [Fact]
    public void It_accepts_the_exchange_of_the_RFC()
    {
        var parts = ScramVerifier.Of(new SecretValue("pencil"), Convert.FromBase64String(Salt)).Split('$', ':');
        parts[..3].ShouldBe(["SCRAM-SHA-256", "4096", Salt]);
        var stored = Convert.FromBase64String(parts[3]);
        var signature = HMACSHA256.HashData(stored, Encoding.ASCII.GetBytes(Exchange));
        var clientKey = Convert.FromBase64String(Proof).Zip(signature, (a, b) => (byte)(a ^ b)).ToArray();
        SHA256.HashData(clientKey).ShouldBe(stored);
        Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(parts[4]), Encoding.ASCII.GetBytes(Exchange))).ShouldBe(ServerSignature);
    }

    [Fact]
    public void Each_one_has_a_salt_of_its_own() =>
        ScramVerifier.Of(new SecretValue("x")).ShouldNotBe(ScramVerifier.Of(new SecretValue("x")));

    [Fact]
    public void A_password_that_clients_would_normalise_is_refused_and_not_repeated() =>
        Should.Throw<SecretSourceException>(() => ScramVerifier.Of(new SecretValue("hünter2"))).Message.ShouldNotContain("hünter2");
}

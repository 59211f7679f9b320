using Reconciler.Resources.Packages;

namespace Reconciler.Tests.Resources.Packages;

/// <summary>What apt's simulation of an upgrade says.</summary>
public sealed class UpgradesCountTests
{
    private static readonly PackagesFacts Facts = new("100,1.5,7;4096,1767225600.000000000,8;", "git", false,
        new Dictionary<string, InstalledPackage>(), new Dictionary<string, string>(), []);

    [Fact]
    public void Upgrades_are_counted_and_those_for_security_apart_and_what_comes_along_is_none()
    {
        var upgrades = UpgradesCount.Read(Facts, """
            Inst libperl5.36 [5.36.0-7+deb12u3] (5.36.0-7+deb12u4 Debian-Security:12/oldstable-security [amd64]) [perl:amd64 ]
            Inst tzdata [2025a-0+deb12u1] (2025b-0+deb12u2 Debian:12.12/oldstable, Debian:12-updates/oldstable-updates [all])
            Inst linux-image-6.1.0-40-amd64 (6.1.153-1 Debian-Security:12/oldstable-security [amd64])
            Inst openssl [3.0.13-0ubuntu3.4] (3.0.13-0ubuntu3.5 Ubuntu:24.04/noble-updates, Ubuntu:24.04/noble-security [amd64])
            end
            """);

        upgrades.ShouldBe(new(3, 2, null, DateTimeOffset.FromUnixTimeSeconds(1767225600), "100,1.5;4096,1767225600.000000000;"));
    }

    [Fact]
    public void Where_apt_cannot_say_there_is_no_number() =>
        UpgradesCount.Read(Facts, "E: Unmet dependencies. Try 'apt --fix-broken install'.\nend\n")
            .ShouldSatisfyAllConditions(
                upgrades => upgrades!.All.ShouldBeNull(),
                upgrades => upgrades!.Trouble.ShouldBe("Unmet dependencies. Try 'apt --fix-broken install'."));

    [Fact]
    public void What_was_cut_off_is_asked_again() => UpgradesCount.Read(Facts, "Inst git [1] (2 Debian:12/stable [amd64])\n").ShouldBeNull();

    [Fact]
    public void A_server_restored_from_a_copy_of_its_files_need_not_be_asked_again() =>
        UpgradesCount.SignatureOf(Facts).ShouldBe(UpgradesCount.SignatureOf(Facts with { Signature = "100,1.5,17;4096,1767225600.000000000,18;" }));
}

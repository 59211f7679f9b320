using Reconciler.Turns.Surveys;

namespace Reconciler.Tests.Turns.Surveys;

/// <summary>What a server said of what lies beside, and who was at work there.</summary>
public sealed class SurveyReadingTests
{
    internal const string Output = """
        unit 1700000000 /etc/systemd/system/tunnel.service
        unit 1700000000 /etc/systemd/system/nginx.service.d/more files.conf
        programs 1700000000 /etc/supervisor/conf.d/old.conf
        program flower
        programs 1700000000 /etc/supervisor/conf.d/empty.conf
        looked
        keys root 1700000000 /root/.ssh/authorized_keys
        key 256 SHA256:q7Ah0m5Z ada@laptop (1) (ED25519)
        key 3072 SHA256:zzz no comment (RSA)
        key junk
        cron-file 1700000000 /etc/cron.d/report
        cron 1:MAILTO=root
        cron 2:*/5 * * * * www-data /opt/report --token ...
        cron-file 1700000000 /var/spool/cron/crontabs/ada
        cron 3:@daily  /home/ada/bin/clean
        cron 4:0 3 * * 1 echo hi
        port 0.0.0.0:9000 coralnet session-4.scope no python3 -m http
        port [::]:22 root ssh.service no sshd
        port 127.0.0.53%lo:53 systemd-resolve systemd-resolved.service no systemd-resolve
        port *:111 - - no ?
        doing 1700000100.123456 web1 sshd[12]: Accepted publickey for ada from 203.0.113.7 port 5555 ssh2: ED25519 SHA256:q7Ah0m5Z
        doing 1700000160.5 web1 sudo[13]:      ada : TTY=pts/0 ; PWD=/home/ada ; USER=root ; COMMAND=/usr/bin/vi /etc/nginx/x ; y
        doing 1700000170 web1 sudo[14]:      bob : PWD=/ ; USER=root ; ENV=A=b ; COMMAND=/bin/sh -c echo --password hunter2
        doing 1700000180.0 web1 su[15]: (to root) carl on pts/1
        doing 1700000190.0 web1 login[16]: ROOT LOGIN ON tty1
        doing 1700000190.0 web1 login[16]: LOGIN ON tty2 BY dora
        doing no line at all
        surveyed
        """;

    [Fact]
    public void Keys_are_known_by_user_type_fingerprint_and_comment() => SurveyReading.Read(Output).Keys.ShouldBe(
    [
        new("root", "/root/.ssh/authorized_keys", DateTimeOffset.FromUnixTimeSeconds(1700000000), "ED25519", "SHA256:q7Ah0m5Z",
            "ada@laptop (1)"),
        new("root", "/root/.ssh/authorized_keys", DateTimeOffset.FromUnixTimeSeconds(1700000000), "RSA", "SHA256:zzz", "no comment"),
    ]);

    [Fact]
    public void Of_crontabs_the_systems_name_a_user_and_users_own_do_not() =>
        SurveyReading.Read(Output).CronJobs.Select(job => (job.File, job.Line, job.User, job.When, job.Command)).ShouldBe(
        [
            ("/etc/cron.d/report", 2, "www-data", "*/5 * * * *", "/opt/report --token ..."),
            ("/var/spool/cron/crontabs/ada", 3, "ada", "@daily", "/home/ada/bin/clean"),
            ("/var/spool/cron/crontabs/ada", 4, "ada", "0 3 * * 1", "echo hi"),
        ]);

    [Fact]
    public void A_port_has_its_address_who_holds_it_and_whether_that_is_known() => SurveyReading.Read(Output).Ports.ShouldBe(
    [
        new("0.0.0.0", 9000, "coralnet", "session-4.scope", false, "python3 -m http"), new("[::]", 22, "root", "ssh.service", false,
            "sshd"),
        new("127.0.0.53", 53, "systemd-resolve", "systemd-resolved.service", false, "systemd-resolve"), new("*", 111, "-", "-", false, "?"),
    ]);

    [Fact]
    public void Units_and_programs_are_known_by_their_files()
    {
        var facts = SurveyReading.Read(Output);

        facts.Units.Select(unit => unit.Path).ShouldBe(["/etc/systemd/system/tunnel.service",
            "/etc/systemd/system/nginx.service.d/more files.conf"]);
        facts.Programs.ShouldHaveSingleItem().ShouldBe(new("/etc/supervisor/conf.d/old.conf",
            DateTimeOffset.FromUnixTimeSeconds(1700000000), "flower"));
        facts.Unread.ShouldBeEmpty();
    }

    [Fact]
    public void Who_was_at_work_is_told_in_words_without_passwords() =>
        SurveyReading.Read(Output).Doings.Select(doing => $"{doing.At.ToUnixTimeSeconds()} {doing.User} {doing.What}").ShouldBe(
        [
            "1700000100 ada logged in from 203.0.113.7 by publickey (ED25519 SHA256:q7Ah0m5Z)",
            "1700000160 ada sudo as root: /usr/bin/vi /etc/nginx/x ; y (in /home/ada)",
            "1700000170 bob sudo as root: /bin/sh -c echo --password *** (in /)",
            "1700000180 carl su to root", "1700000190 dora logged in on tty2",
        ]);

    [Fact]
    public void What_was_cut_off_or_could_not_be_read_is_said()
    {
        SurveyReading.Read("looked\nkeys root 1 /x\n").Unread.ShouldBe(["what lies beside what git speaks of: the server's answer broke off"]);
        SurveyReading.Read("").Unread.Count.ShouldBe(1);
        SurveyReading.Read("looked\nunread who listens: there is no ss here\nsurveyed").Unread.ShouldBe(["who listens: there is no ss here"]);
    }
}

using System.Diagnostics;
using System.Text.Json;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Reporting;
using Reconciler.Tests.Documents;
using Reconciler.Tests.Git;
using Reconciler.Tests.Resources;
using Reconciler.Tests.Secrets.Aws;

namespace Reconciler.Tests.Cli;

/// <summary><c>rotate</c> as a process, as far as it goes without servers: the source, and the commit.</summary>
public sealed class RotateCommandTests : IDisposable
{
    private const string Staging = "staging/coralnet/secrets.yaml";
    private const string SecretKey = "coralnet/settings/SECRET_KEY";
    private const string Database = "coralnet/secrets/settings/DATABASE_PASSWORD";
    private const string Maps = "coralnet/settings/GOOGLE_MAPS_KEY";

    private readonly ScratchFolder _folder = new();
    private readonly ScratchRepository _work;
    private readonly Dictionary<string, string> _variables = [];
    private readonly List<string> _options = [];

    public RotateCommandTests()
    {
        _work = new(_folder.In("work"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Trees.Repository, "desired-state"), "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(_work.Folder, Path.GetRelativePath(Path.Combine(Trees.Repository, "desired-state"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
        foreach (var environment in new[] { "staging", "production" })
        {
            var file = $"{environment}/coralnet/application.yaml";
            var lines = File.ReadAllLines(Path.Combine(_work.Folder, file))
                .Select(line => line.Contains("commit:") ? $"  code: {{commit: {new string('1', 40)}}}" : line);
            _work.Commit($"{environment} has code", (file, string.Join('\n', lines) + "\n"));
        }
        Directory.CreateDirectory(Secrets);
        Value("staging.json", """{"SECRET_KEY": "canary-key", "DATABASE_PASSWORD": "canary-base", "GOOGLE_MAPS_KEY": "canary-maps"}""");
        Value("production.json", File.ReadAllText(Path.Combine(Secrets, "staging.json")));
        From("staging", $"from: \"file:{Secrets}/staging.json\"");
        From("production", $"from: \"file:{Secrets}/production.json\"");
        _work.Git("clone", "--quiet", "--bare", _work.Folder, Remote);
        _work.Git("remote", "add", "origin", Remote);
    }

    public void Dispose() => _folder.Dispose();

    private string Remote => _folder.In("remote.git");

    private string Secrets => _folder.In("secrets");

    private string State => _folder.In("state");

    private string Head => _work.Git("--git-dir", Remote, "rev-parse", "main");

    private void Value(string file, string text)
    {
        File.WriteAllText(Path.Combine(Secrets, file), text);
        File.SetUnixFileMode(Path.Combine(Secrets, file), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private void From(string environment, string from) => _work.Commit($"secrets of {environment}", ($"{environment}/coralnet/secrets.yaml",
        $"apiVersion: reconciler/v1\nkind: Secrets\nmetadata: {{name: coralnet}}\nspec:\n  settings: {{{from}}}   # kept\n"));

    private void Push() => _work.Git("push", "--quiet", "origin", "main");

    private string Pushed(string file, string branch = "main") => _work.Git("--git-dir", Remote, "show", $"{branch}:{file}");

    private JsonElement At(string file) => JsonDocument.Parse(File.ReadAllText(Path.Combine(Secrets, file))).RootElement;

    private (int Code, string Output, string Error) Run(string environment, string secret, string? input, params string[] more)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "reconciler.dll"), "rotate", environment,
            secret, .. more,
            "--repository", Remote, "--allow-local-repositories", "--state", State, "--secrets", Secrets, "--config", "none",
            "--author", "Ada <ada@example.org>", .. _options])
        { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in _variables)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Write(input ?? "");
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        (output + error.Result).ShouldNotContain("canary");
        return (process.ExitCode, output, error.Result);
    }

    [Fact]
    public void A_file_on_the_controller_gets_a_value_of_the_shape_that_fits_and_no_commit_is_made()
    {
        var head = Head;
        var (code, output, error) = Run("staging", Database, null);
        // Nobody ever converged: it cannot be put into force by this command.
        (code, error).ShouldBe((3, ""));
        output.ShouldBe($"""
            coralnet/settings/DATABASE_PASSWORD in staging: another value stands at file:{Secrets}/staging.json
            no commit: git names no version of it
            not in force: no controller ever ran with the ledger in {State}; `reconciler converge staging coralnet` puts it into force

            """);
        At("staging.json").GetProperty("DATABASE_PASSWORD").GetString()!.ShouldMatch("^[A-Za-z0-9]{32}$");
        At("staging.json").GetProperty("SECRET_KEY").GetString().ShouldBe("canary-key");
        Run("staging", SecretKey, null, "--length", "80").Output.ShouldContain("declares no SECRET_KEY_FALLBACKS: everybody is logged out");
        At("staging.json").GetProperty("SECRET_KEY").GetString()!.Length.ShouldBe(80);
        Run("staging", Maps, "AIza-given\n", "--value-from-stdin", "--no-wait").Code.ShouldBe(3);
        At("staging.json").GetProperty("GOOGLE_MAPS_KEY").GetString().ShouldBe("AIza-given");
        File.GetUnixFileMode(Path.Combine(Secrets, "staging.json")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Head.ShouldBe(head);
    }

    [Theory]
    [InlineData(64, "names no secret; write APPLICATION/FILE/KEY", "staging", "coralnet")]
    [InlineData(64, "staging has no secret coralnet/settings/SECRET_KEYS; did you mean coralnet/settings/SECRET_KEY?", "staging",
        "coralnet/settings/SECRET_KEYS")]
    [InlineData(64, "there is no environment prod; there are production, staging", "prod", SecretKey)]
    [InlineData(64, "--length 8: from 16 to 256 characters", "staging", SecretKey, "--length", "8")]
    [InlineData(64, "--length and --value-from-stdin exclude each other", "staging", SecretKey, "--length", "20", "--value-from-stdin")]
    [InlineData(64, "--to-branch: git says nothing of the value", "staging", SecretKey, "--to-branch", "rotated")]
    [InlineData(64, "the new value of coralnet/settings/SECRET_KEY is empty; nothing was changed", "staging", SecretKey,
        "--value-from-stdin")]
    [InlineData(1, "is an API key (by its name GOOGLE_MAPS_KEY), which somebody else issues: have a new one made there and give it with"
        + " --value-from-stdin",
        "staging", Maps)]
    [InlineData(1, "production is promoted from staging, and coralnet/settings/SECRET_KEY was not rotated there since", "production",
        SecretKey)]
    public void What_cannot_be_followed_changes_nothing(int code, string sentence, string environment, string secret, params string[] more)
    {
        var (head, before) = (Head, At(environment == "production" ? "production.json" : "staging.json").GetRawText());

        var (exit, _, error) = Run(environment, secret, "", more);

        error.ShouldContain(sentence);
        exit.ShouldBe(code);
        Head.ShouldBe(head);
        At(environment == "production" ? "production.json" : "staging.json").GetRawText().ShouldBe(before);
    }

    /// <summary>Two logins by turns in every environment; their keys from this object.</summary>
    private void Logins(string from)
    {
        string Edited(string file, string old, string now)
        {
            var text = File.ReadAllText(Path.Combine(_work.Folder, file));
            text.ShouldContain(old);
            return text.Replace(old, now);
        }
        _work.Commit("logins",
            ("base/host/databases.yaml", Edited("base/host/databases.yaml", "    owner: coralnet\n",
                "    owner: coralnet\n    logins: [coralnet_a, coralnet_b]\n    user: coralnet/secrets/settings/DATABASE_USER\n")),
            ("base/coralnet/secrets.yaml", Edited("base/coralnet/secrets.yaml", "DATABASE_PASSWORD: {}",
                "DATABASE_PASSWORD: {}, DATABASE_USER: {}")));
        From("staging", from);
        Push();
    }

    [Fact]
    public void With_two_logins_the_next_one_and_its_password_change_at_once()
    {
        Value("staging.json", File.ReadAllText(Path.Combine(Secrets, "staging.json"))
            .Replace("{", """{"DATABASE_USER": "canary-nobody", """));
        Logins($"from: \"file:{Secrets}/staging.json\"");
        Run("staging", Database, null).Error.ShouldContain(
            $"file:{Secrets}/staging.json names at DATABASE_USER none of coralnet_a, coralnet_b, which are the `logins` in databases.yaml");
        Value("staging.json", File.ReadAllText(Path.Combine(Secrets, "staging.json")).Replace("canary-nobody", "coralnet"));
        Run("staging", "coralnet/settings/DATABASE_USER", null).Error.ShouldContain(
            "coralnet/settings/DATABASE_USER names the login in use and changes with its password: rotate that one");
        At("staging.json").GetProperty("DATABASE_PASSWORD").GetString().ShouldBe("canary-base");

        foreach (var (old, now) in new[] { ("coralnet", "coralnet_a"), ("coralnet_a", "coralnet_b"), ("coralnet_b", "coralnet_a") })
        {
            var before = At("staging.json").GetProperty("DATABASE_PASSWORD").GetString();
            Run("staging", Database, null).Output.ShouldStartWith("coralnet/settings/DATABASE_PASSWORD in staging: another value stands at"
                + $" file:{Secrets}/staging.json, for {now} in place of {old}\n");
            At("staging.json").GetProperty("DATABASE_USER").GetString().ShouldBe(now);
            At("staging.json").GetProperty("DATABASE_PASSWORD").GetString().ShouldNotBe(before);
        }

        // The rotation to coralnet_a did not come through: the readers have coralnet_b, and that one is left in peace.
        using (var ledger = SqliteLedger.OpenForWriting(State, TimeProvider.System, "test"))
            ledger.NoteSecretInForce(new(new("staging", "coralnet", "settings"), "DATABASE_USER"),
                Reconciler.Secrets.KeyedDigest.Of(ledger.DigestKey, "coralnet_b"u8));
        Run("staging", Database, null).Output.ShouldContain("staging.json, for coralnet_a\n");
        At("staging.json").GetProperty("DATABASE_USER").GetString().ShouldBe("coralnet_a");
    }

    [Fact]
    public void Both_keys_of_an_encrypted_file_come_by_one_commit()
    {
        var mine = Identity("mine");
        Value("staging.json", File.ReadAllText(Path.Combine(Secrets, "staging.json")).Replace("{", """{"DATABASE_USER": "coralnet_b", """));
        _work.Commit("encrypted",
            ("staging/coralnet/settings.age",
                Sh.Run($"age --encrypt --armor --recipient {mine} {Path.Combine(Secrets, "staging.json")}").Good),
            ("staging/coralnet/settings.age.recipients", $"{mine}\n"));
        Logins("from: \"age:settings.age\"");
        _options.AddRange(["--age-identity", _folder.In("mine")]);
        var head = Head.Trim();

        var (code, output, error) = Run("staging", Database, null, "--no-wait");

        (code, error).ShouldBe((3, ""));
        output.ShouldContain("age:settings.age, for coralnet_a in place of coralnet_b");
        _work.Git("--git-dir", Remote, "rev-list", "--count", $"{head}..main").Trim().ShouldBe("1");
        File.WriteAllText(_folder.In("encrypted"), Pushed("staging/coralnet/settings.age"));
        var now = JsonDocument.Parse(Sh.Run($"age --decrypt --identity {_folder.In("mine")} {_folder.In("encrypted")}").Good).RootElement;
        now.GetProperty("DATABASE_USER").GetString().ShouldBe("coralnet_a");
        now.GetProperty("DATABASE_PASSWORD").GetString()!.ShouldMatch("^[A-Za-z0-9]{32}$");
    }

    [Fact]
    public void A_given_value_that_is_there_already_or_that_no_role_can_have_is_refused()
    {
        Run("staging", SecretKey, "canary-key\n", "--value-from-stdin").Error.ShouldContain("staging.json holds this very value already");
        Run("staging", Database, "pässwort", "--value-from-stdin").Error.ShouldContain("must consist of ASCII characters");
        At("staging.json").GetProperty("DATABASE_PASSWORD").GetString().ShouldBe("canary-base");
    }

    [Fact]
    public void Production_follows_once_staging_has_another_value_in_force_or_on_a_persons_word()
    {
        Run("production", SecretKey, null, "--first").Output.ShouldContain($"another value stands at file:{Secrets}/production.json");
        using (var ledger = SqliteLedger.OpenForWriting(State, TimeProvider.System, "test"))
        {
            var secret = new SecretReference(new("staging", "coralnet", "settings"), "SECRET_KEY");
            ledger.NoteSecretInForce(secret, "one");
            ledger.NoteSecretInForce(secret, "two");
            ledger.Admit("production", "test");
            ledger.Suspend("production", null, "frost", "ada", null);
        }
        var (code, output, _) = Run("production", SecretKey, null);
        code.ShouldBe(3, output);
        output.ShouldContain("not in force: production is suspended (frost): `reconciler resume production` lifts it; `reconciler"
            + " converge production coralnet` puts it into force");
    }

    [Fact]
    public void While_another_command_has_the_ledger_or_the_application_is_held_nothing_is_touched()
    {
        using (var ledger = SqliteLedger.OpenForWriting(State, TimeProvider.System, "converge"))
        {
            Run("staging", SecretKey, null).Error.ShouldContain("`converge`, process ");
            var run = ledger.BeginRun("staging", "coralnet", "r", "d");
            ledger.MoveRun(run.Id, RunState.Held, "test");
        }
        var (code, _, error) = Run("staging", SecretKey, null);
        (code, error.Contains("coralnet in staging is held since")).ShouldBe((1, true), error);
        At("staging.json").GetProperty("SECRET_KEY").GetString().ShouldBe("canary-key");
    }

    [Fact]
    public void A_site_that_does_not_work_is_mended_first_or_rotated_on_a_persons_word()
    {
        using (var ledger = SqliteLedger.OpenForWriting(State, TimeProvider.System, "converge"))
            ledger.SaveStatus("staging", "coralnet", StatusBuilder.ToJson(new ApplicationStatus("staging", "coralnet", "r", "c", SyncStatus.Synced, Health.Degraded,
                [new("Ready", "False", "ChecksFail", "on web1 / answers 502", DateTimeOffset.UnixEpoch)], [], [], null, null, null)));

        var (code, _, error) = Run("staging", SecretKey, null);

        code.ShouldBe(1);
        error.ShouldContain("coralnet in staging does not work as it is (on web1 / answers 502), and a rotation ends only when its pages answer: "
            + "mend that first, or say --anyway; nothing was changed");
        At("staging.json").GetProperty("SECRET_KEY").GetString().ShouldBe("canary-key");
        Run("staging", SecretKey, null, "--anyway").Output.ShouldContain("another value stands at");
    }

    [Fact]
    public void A_variable_of_the_controller_is_refused_with_what_to_do()
    {
        From("staging", $"from: \"file:{Secrets}/staging.json\", keys: {{GOOGLE_MAPS_KEY: {{from: \"env:MAPS\"}}}}");
        Push();
        Run("staging", Maps, "x", "--value-from-stdin").Error.ShouldContain("comes from env:MAPS, a variable of the controller's own"
            + " environment");
        Value("maps", "canary-maps\n");
        From("staging", $"from: \"file:{Secrets}/staging.json\", keys: {{GOOGLE_MAPS_KEY: {{from: \"file:{Secrets}/maps\"}}}}");
        Push();
        Run("staging", Maps, "given", "--value-from-stdin").Output.ShouldContain($"another value stands at file:{Secrets}/maps");
        File.ReadAllText(Path.Combine(Secrets, "maps")).ShouldBe("given\n");
    }

    [Fact]
    public void A_file_encrypted_with_age_is_committed_for_those_whom_its_recipients_file_names()
    {
        var (mine, hers) = (Identity("mine"), Identity("hers"));
        From("staging", "from: \"age:settings.age\"");
        _work.Commit("encrypted", ("staging/coralnet/settings.age",
            Sh.Run($"age --encrypt --armor --recipient {mine} {Path.Combine(Secrets, "staging.json")}").Good));
        Push();
        _options.AddRange(["--age-identity", _folder.In("mine")]);
        Run("staging", SecretKey, null).Error.ShouldContain(
            "there is no staging/coralnet/settings.age.recipients, which says for whom it is encrypted anew: write it, a public key of"
                + " age on each line");
        _work.Commit("only hers", ("staging/coralnet/settings.age.recipients", $"{hers}\n"));
        Push();
        var head = Head;
        Run("staging", SecretKey, null).Error.ShouldContain("cannot be decrypted with");
        Head.ShouldBe(head);
        _work.Commit("both", ("staging/coralnet/settings.age.recipients", $"# the controller\n{mine}\n{hers}\n"));
        Push();

        var (code, output, error) = Run("staging", SecretKey, null, "--to-branch", "rotated");

        (code, error).ShouldBe((0, ""));
        output.ShouldContain("pushed to rotated; it takes effect when it is merged into main");
        File.WriteAllText(_folder.In("encrypted"), Pushed("staging/coralnet/settings.age", "rotated"));
        foreach (var identity in new[] { "mine", "hers" })
            JsonDocument.Parse(Sh.Run($"age --decrypt --identity {_folder.In(identity)}"
                + $" {_folder.In("encrypted")}").Good).RootElement.ShouldSatisfyAllConditions(
                now => now.GetProperty("SECRET_KEY").GetString()!.Length.ShouldBe(64),
                now => now.GetProperty("GOOGLE_MAPS_KEY").GetString().ShouldBe("canary-maps"));
        _work.Git("--git-dir", Remote, "log", "-1", "--format=%an %s", "rotated").ShouldBe($"Ada Rotate {SecretKey} in staging\n");
    }

    private string Identity(string name)
    {
        Sh.Run($"umask 077 && age-keygen -o {_folder.In(name)}").Good.ShouldBeEmpty();
        return Sh.Run($"age-keygen -y {_folder.In(name)}").Good.Trim();
    }

    [Fact]
    public async Task A_version_of_AWS_is_put_beside_named_by_a_commit_and_becomes_the_current_one()
    {
        await using var aws = await FakeSecretsManager.StartAsync();
        foreach (var (name, value) in new[]
        {
            ("AWS_ENDPOINT_URL", aws.Url), ("AWS_ACCESS_KEY_ID", FakeSecretsManager.AccessKey), ("AWS_SECRET_ACCESS_KEY",
                FakeSecretsManager.SecretKey),
            ("AWS_REGION", FakeSecretsManager.Region), ("AWS_EC2_METADATA_DISABLED", "true"),
        })
            _variables[name] = value;
        var first = aws.Put("staging/coralnet", File.ReadAllText(Path.Combine(Secrets, "staging.json")));
        From("staging", $"from: \"aws:staging/coralnet\", version: {first}");
        Push();

        var (code, output, error) = Run("staging", SecretKey, null);

        (code, error).ShouldBe((3, ""));
        var puts = aws.Asked.Where(asked => asked.Operation == "PutSecretValue").ToList();
        var token = puts.ShouldHaveSingleItem().Request.GetProperty("ClientRequestToken").GetString();
        output.ShouldContain($"another value stands at aws:staging/coralnet, version {token}");
        Pushed(Staging).ShouldEndWith($"  settings: {{from: \"aws:staging/coralnet\", version: {token}}}   # kept\n");
        aws.Asked.Last().Operation.ShouldBe("UpdateSecretVersionStage");

        From("staging", "from: \"aws:staging/coralnet\", rotate: automatic");
        _work.Git("fetch", "--quiet", "origin");
        _work.Git("reset", "--quiet", "--soft", "origin/main");
        _work.Commit("follow", (Staging, File.ReadAllText(Path.Combine(_work.Folder, Staging))));
        Push();
        var followed = Run("staging", SecretKey, null);
        followed.Output.ShouldContain("no commit: git names no version of it");
        aws.Asked.Last().Request.GetProperty("VersionStages")[0].GetString().ShouldBe("AWSCURRENT");
        // What cannot be pushed is not made current.
        From("staging", $"from: \"aws:staging/coralnet\", version: {token}");
        Push();
        File.WriteAllText(Path.Combine(Remote, "hooks", "pre-receive"), "#!/bin/sh\nexit 1\n");
        File.SetUnixFileMode(Path.Combine(Remote, "hooks", "pre-receive"), (UnixFileMode)0b111_101_101);
        var refused = Run("staging", SecretKey, null);
        (refused.Code, refused.Error.Contains("did not take the commit, nothing was pushed")).ShouldBe((1, true), refused.Error);
        aws.Asked.Last().Operation.ShouldBe("PutSecretValue");
        aws.Asked.Last().Request.GetProperty("VersionStages")[0].GetString().ShouldBe("AWSPENDING");
    }
}

using System.Diagnostics;
using System.Text.Json;
using Reconciler.Diffing;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Reporting;
using Reconciler.Serving;
using Reconciler.Tests.Documents.Expansion;
using Reconciler.Tests.Git;
using Reconciler.Tests.Planning;
using Reconciler.Turns;

namespace Reconciler.Tests.Serving;

/// <summary>What Prometheus reads, read by a parser of Prometheus' own (python3-prometheus-client).</summary>
public sealed class MetricsTests : IDisposable
{
    private const string Revision = "1111111111111111111111111111111111111111";

    private static readonly string[] Named =
    [
        "reconciler_environment_info", "reconciler_reconcile_duration_seconds", "reconciler_reconcile_total", "reconciler_drift",
        "reconciler_last_success_timestamp_seconds", "reconciler_held",
        "reconciler_upgrades_pending", "reconciler_security_upgrades_pending", "reconciler_reboot_required",
    ];

    private readonly ScratchFolder _folder = new();
    private readonly HandClock _clock = new();
    private readonly ILedger _ledger;
    private readonly TurnMetrics _metrics;

    public MetricsTests()
    {
        _ledger = SqliteLedger.OpenForWriting(_folder.In("state"), _clock);
        _metrics = new(_ledger, _clock);
    }

    public void Dispose()
    {
        _ledger.Dispose();
        _folder.Dispose();
    }

    private void Stands(string application, SyncStatus sync, Health health)
    {
        _ledger.Accept("production", Revision);
        _ledger.SaveStatus("production", application, StatusBuilder.ToJson(
            new ApplicationStatus("production", application, Revision, null, sync, health, [], [], [], _clock.GetUtcNow(), null, null)));
    }

    private static World Edited => new(new Expanded(), new Expanded());

    private static UnitVerdict VerdictOf(Standing standing, int differences, DriftCause cause = DriftCause.Corrective)
    {
        var world = Edited;
        var unit = world.UnitOf("coralnet");
        var resource = unit.Resources.First(each => each.Id is { Kind: "NginxSite", Server: "web1" }).Id;
        var found = Enumerable.Range(0, differences).Select(_ => new Difference(resource, DifferenceType.Change, "it was edited")).ToList();
        var diff = new Diff(differences == 0 ? new Dictionary<ResourceId, IReadOnlyList<Difference>>() : new() { [resource] = found }, []);
        var seen = new SeenResource(resource, "wanted", "marker", DateTimeOffset.UnixEpoch, null, null, DateTimeOffset.UnixEpoch, cause);
        return new(world.Environment, unit, new(standing, "because", world.PlanFor("coralnet"), diff, []))
        {
            Seen = differences == 0 ? new Dictionary<ResourceId, SeenResource>() : new() { [resource] = seen },
        };
    }

    /// <summary>Every sample as NAME{LABEL=VALUE,...}, with its value; labels sorted.</summary>
    private Dictionary<string, double> Parsed()
    {
        const string program = """
            import json, sys
            from prometheus_client.parser import text_string_to_metric_families
            families = list(text_string_to_metric_families(sys.stdin.read()))
            print(json.dumps({
                'types': {family.name: family.type for family in families},
                'samples': [[s.name, sorted(s.labels.items()), repr(s.value)] for family in families for s in family.samples]}))
            """;
        var start = new ProcessStartInfo("/usr/bin/python3", ["-c", program])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Write(_metrics.Text(TimeSpan.FromSeconds(60)));
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, error.Result);
        using var json = JsonDocument.Parse(output);
        // The parser calls a counter's family by its name without _total.
        json.RootElement.GetProperty("types").EnumerateObject()
            .Select(type => type.Name == "reconciler_reconcile" ? "reconciler_reconcile_total" : type.Name)
            .ShouldBe(Named, ignoreOrder: true);
        return json.RootElement.GetProperty("samples").EnumerateArray().ToDictionary(
            sample => $"{sample[0].GetString()}{{{string.Join(",", sample[1].EnumerateArray().Select(label => $"{label[0].GetString()}={label[1].GetString()}"))}}}",
            sample => double.Parse(sample[2].GetString()!, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Before_the_first_turn_all_families_are_there_without_samples() => Parsed().ShouldBeEmpty();

    [Fact]
    public void An_environment_is_as_good_as_its_worst_part()
    {
        Stands("host", SyncStatus.Synced, Health.Degraded);
        Stands("coralnet", SyncStatus.OutOfSync, Health.Healthy);

        Parsed().ShouldContainKeyAndValue($"reconciler_environment_info{{environment=production,health=Degraded,revision={Revision},sync=OutOfSync}}", 1);
    }

    [Fact]
    public void A_verdict_that_was_not_renewed_is_none()
    {
        Stands("host", SyncStatus.Synced, Health.Healthy);
        _clock.Pass(TimeSpan.FromMinutes(8));

        Parsed().ShouldContainKey($"reconciler_environment_info{{environment=production,health=Unknown,revision={Revision},sync=Unknown}}");
    }

    [Fact]
    public void What_is_due_on_servers_that_were_seen_in_time_is_counted()
    {
        _ledger.Accept("production", Revision);
        var now = _clock.GetUtcNow();
        _ledger.SaveServersSeen("production",
        [
            new("production", "web1", "10.0.0.1", ["web"], now, now, null)
            {
                Software = new("Debian", "6.1", new Dictionary<string, string>(), ["dbus"]) { Upgrades = new(31, 12, null, now, "s") },
            },
            new("production", "web2", "10.0.0.2", ["web"], now, now, null),
            new("production", "web3", "10.0.0.3", ["web"], now, now.AddHours(-1), "did not answer")
            {
                Software = new("Debian", "6.1", new Dictionary<string, string>(), null),
            },
        ]);

        Parsed().ShouldBe(new Dictionary<string, double>
        {
            ["reconciler_upgrades_pending{environment=production,server=web1}"] = 31,
            ["reconciler_security_upgrades_pending{environment=production,server=web1}"] = 12,
            ["reconciler_reboot_required{environment=production,server=web1}"] = 1,
        }, ignoreOrder: true);
    }

    [Fact]
    public void Turns_are_counted_and_timed()
    {
        _metrics.TurnEnded("production", TimeSpan.FromSeconds(0.2), [VerdictOf(Standing.Synced, 0)]);
        var success = _clock.GetUtcNow().ToUnixTimeSeconds();
        _clock.Pass(TimeSpan.FromMinutes(1));
        _metrics.TurnEnded("production", TimeSpan.FromHours(2), [VerdictOf(Standing.Synced, 0), VerdictOf(Standing.Held, 0)]);
        _metrics.TurnEnded("production", TimeSpan.FromSeconds(3), [VerdictOf(Standing.Deferred, 0)]);
        _metrics.TurnEnded("production", TimeSpan.FromSeconds(3), null);

        var samples = Parsed();
        samples["reconciler_reconcile_total{environment=production,result=success}"].ShouldBe(1);
        samples["reconciler_reconcile_total{environment=production,result=stalled}"].ShouldBe(1);
        samples["reconciler_reconcile_total{environment=production,result=waiting}"].ShouldBe(1);
        samples["reconciler_reconcile_total{environment=production,result=error}"].ShouldBe(1);
        samples["reconciler_reconcile_duration_seconds_bucket{environment=production,le=0.1}"].ShouldBe(0);
        samples["reconciler_reconcile_duration_seconds_bucket{environment=production,le=0.25}"].ShouldBe(1);
        samples["reconciler_reconcile_duration_seconds_bucket{environment=production,le=5}"].ShouldBe(3);
        samples["reconciler_reconcile_duration_seconds_bucket{environment=production,le=3600}"].ShouldBe(3);
        samples["reconciler_reconcile_duration_seconds_bucket{environment=production,le=+Inf}"].ShouldBe(4);
        samples["reconciler_reconcile_duration_seconds_count{environment=production}"].ShouldBe(4);
        samples["reconciler_reconcile_duration_seconds_sum{environment=production}"].ShouldBe(7206.2, 0.001);
        samples["reconciler_last_success_timestamp_seconds{environment=production}"].ShouldBe(success);
    }

    [Fact]
    public void Drift_is_counted_by_server_and_kind_and_a_deploy_that_is_due_is_none()
    {
        const string key = "reconciler_drift{environment=production,kind=NginxSite,server=web1}";
        Stands("coralnet", SyncStatus.OutOfSync, Health.Healthy);

        _metrics.TurnEnded("production", TimeSpan.Zero, [VerdictOf(Standing.Deferred, 2, DriftCause.Intentional)]);
        Parsed()[key].ShouldBe(0);

        // An edit counts also while a deploy waits for something.
        _metrics.TurnEnded("production", TimeSpan.Zero, [VerdictOf(Standing.Deferred, 2)]);
        Parsed()[key].ShouldBe(2);

        _metrics.TurnEnded("production", TimeSpan.Zero, [VerdictOf(Standing.Synced, 0)]);
        Parsed()[key].ShouldBe(0);
    }

    [Fact]
    public void A_held_run_shows_until_it_is_no_more()
    {
        Stands("coralnet", SyncStatus.OutOfSync, Health.Degraded);
        Parsed()["reconciler_held{application=coralnet,environment=production}"].ShouldBe(0);

        var run = _ledger.BeginRun("production", "coralnet", Revision, "digest");
        _ledger.MoveRun(run.Id, RunState.Held, "a migration failed");

        Parsed()["reconciler_held{application=coralnet,environment=production}"].ShouldBe(1);
    }

    [Fact]
    public void Labels_are_escaped()
    {
        var text = new PrometheusText();
        text.Sample("a", 1.5, ("b", "quote \" back \\ line\nend"));

        $"{text}".ShouldBe("a{b=\"quote \\\" back \\\\ line\\nend\"} 1.5\n");
    }
}

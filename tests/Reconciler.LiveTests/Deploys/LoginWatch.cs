using System.Text.Json;
using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Deploys;

/// <summary>Who logs in to the database with what: a name and a password.</summary>
internal sealed record Login(string User, string Password)
{
    /// <summary>As it stands in a secrets file.</summary>
    public static Login In(string json)
    {
        using var secrets = JsonDocument.Parse(json);
        string Of(string key) => secrets.RootElement.GetProperty(key).GetString()!;
        return new(Of("DATABASE_USER"), Of("DATABASE_PASSWORD"));
    }
}

/// <summary>
/// Opens new connections to a server's database all the time: with what its secrets file says, with what was right at the beginning, and
/// with what the source on the controller says once that is another. A line for each change of what came of it.
/// </summary>
internal sealed class LoginWatch : IAsyncDisposable
{
    private const string Script = """
        import json, os, sys, time, psycopg2
        old, pids = json.loads(sys.argv[1]), json.loads(sys.argv[2])
        fresh, last = None, None

        def ask(pair):
            if pair is None:
                return '-'
            try:
                psycopg2.connect(host='127.0.0.1', dbname='coralnet', user=pair[0], password=pair[1], connect_timeout=5).close()
                return 'in'
            except psycopg2.OperationalError as fault:
                return 'refused' if 'password authentication failed' in str(fault) else str(fault).strip()

        while not os.path.exists('/run/watch-stop'):
            if fresh is None and os.path.exists('/run/watch-fresh'):
                fresh = json.load(open('/run/watch-fresh'))
            now = json.load(open('/srv/www/coralnet/project/config/secrets.json'))
            seen = 'readers %s, file %s %s, old %s, new %s' % (
                'of before' if all(os.path.exists('/proc/%d' % pid) for pid in pids) else 'others', now['DATABASE_USER'],
                ask((now['DATABASE_USER'], now['DATABASE_PASSWORD'])), ask(old), ask(fresh))
            if seen != last:
                print('%.2f %s' % (time.time(), seen), flush=True)
                last = seen
            time.sleep(0.02)
        """;

    private readonly Staging _staging;
    private readonly RunningProgram _program;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _telling;

    private LoginWatch(Staging staging, Login old, IEnumerable<int> readers)
    {
        _staging = staging;
        _program = RunningProgram.Start(TestHosts.Script, "exec", staging.Host.Lab, staging.Host.Name, "--",
            "/srv/www/venv/bin/python", "-c", Script, JsonSerializer.Serialize(new[] { old.User, old.Password }), JsonSerializer.Serialize(readers));
        _telling = TellAsync(old);
    }

    public static async Task<LoginWatch> StartAsync(Staging staging, Login old)
    {
        await staging.Host.ShellAsync("rm -f /run/watch-stop /run/watch-fresh");
        var watch = new LoginWatch(staging, old, (await staging.PidsAsync())
            .Where(each => each.Key.StartsWith("celery", StringComparison.Ordinal)).Select(each => each.Value));
        await watch._program.WaitForAsync("readers of before", TimeSpan.FromSeconds(20));
        return watch;
    }

    /// <returns>Its lines, without their times.</returns>
    public async Task<IReadOnlyList<string>> StopAsync()
    {
        await _staging.Host.ShellAsync("touch /run/watch-stop");
        await _program.EndedAsync(TimeSpan.FromSeconds(20));
        TestContext.Current.TestOutputHelper?.WriteLine(_program.Output);
        return [.. _program.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[(line.IndexOf(' ') + 1)..])];
    }

    /// <summary>What stands at the source is told to it as soon as that is another.</summary>
    private async Task TellAsync(Login old)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await timer.WaitForNextTickAsync(_over.Token))
            if (Login.In(await File.ReadAllTextAsync(_staging.SecretsFile, _over.Token)) is var now && now != old)
            {
                var pair = JsonSerializer.Serialize(new[] { now.User, now.Password });
                await _staging.Host.ShellAsync(
                    $"umask 077; echo {Model.Shell.Quote(pair)} >/run/watch-part; mv /run/watch-part /run/watch-fresh");
                return;
            }
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _telling.ContinueWith(_ => { }, TaskScheduler.Default);
        _over.Dispose();
        await _program.DisposeAsync();
        await _staging.Host.ShellAsync("rm -f /run/watch-stop /run/watch-fresh");
    }
}

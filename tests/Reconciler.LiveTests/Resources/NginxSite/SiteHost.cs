using System.Globalization;
using Reconciler.LiveTests.Remote;
using Reconciler.Model;
using Reconciler.Remote;

namespace Reconciler.LiveTests.Resources.NginxSite;

/// <summary>An enrolled host with nginx and an application server on port 8000, and turns of one resource on it: look, compare, step.</summary>
public sealed class SiteHost : EnrolledHost
{
    protected override string Lab => "site-live";

    internal async Task StartApplicationAsync()
    {
        await Host.ShellAsync("mkdir -p /srv/st; echo 'the reef' >/srv/st/index.html; rm -f /etc/nginx/sites-enabled/default; "
            + "systemctl is-active -q reef || systemd-run -q --unit=reef python3 -m http.server -b 127.0.0.1 -d /srv/st 8000; "
            + "for i in 1 2 3 4 5 6 7 8 9; do curl -sf 127.0.0.1:8000 >/dev/null && exit; sleep 1; done; exit 1");
    }

    /// <summary>The same with an application whose only page is HTML, and compressed for whoever takes it so, as Django's GZipMiddleware does.</summary>
    internal async Task StartCompressingAsync() => await Host.ShellAsync("""
        cat >/srv/compressing.py <<'END'
        import gzip, http.server
        class Page(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body, small = b'<html><body><h1>the reef</h1></BODY></html>', 'gzip' in self.headers.get('Accept-Encoding', '')
                changed = 'If-None-Match' not in self.headers
                self.send_response(200 if changed else 304)
                self.send_header('Content-Type', 'text/html; charset=utf-8')
                self.send_header('ETag', '"1"')
                self.send_header('X-Host', self.headers.get('Host'))
                if small: self.send_header('Content-Encoding', 'gzip')
                self.end_headers()
                if changed: self.wfile.write(gzip.compress(body) if small else body)
        http.server.HTTPServer(('127.0.0.1', 8002), Page).serve_forever()
        END
        systemctl is-active -q compressing || systemd-run -q --unit=compressing python3 /srv/compressing.py
        for i in $(seq 50); do curl -sf 127.0.0.1:8002 >/dev/null && exit; sleep 0.2; done; exit 1
        """);

    internal async Task<(Observation Observation, IReadOnlyList<Difference> Differences)> LookAsync(IResourceKind kind, Resource resource)
    {
        var answer = (await ServerProbes.AskAsync(Session, [kind.Probe(resource, null)], TestContext.Current.CancellationToken))[0];
        var reading = kind.Read(resource, null, ((ProbeAnswer.Output)answer).Text, dearer: false).ShouldBeOfType<Reading.Observed>();
        return (reading.Observation, [.. kind.Compare(resource, reading.Observation, ReadMarkers.None)]);
    }

    /// <summary>One turn, Prepare being a turn of its own; says what each step came to, and stops at the first that fails.</summary>
    internal async Task<IReadOnlyList<string>> TurnAsync(IResourceKind kind, Resource resource, Func<Change, Change>? around = null, Phase? until = null)
    {
        var (observation, differences) = await LookAsync(kind, resource);
        var steps = kind.Steps(resource, observation, (around ?? (change => change))(Change.Of(differences))).ToList();
        var prepare = steps.Where(step => step.Phase == Phase.Prepare).ToList();
        var said = new List<string>();
        foreach (var step in (prepare.Count > 0 ? prepare : steps).Where(step => step.Phase <= (until ?? Phase.Tidy)).OrderBy(step => step.Phase).ThenBy(step => step.Rank))
        {
            var outcome = await DoAsync(step);
            said.Add(string.Create(CultureInfo.InvariantCulture, $"{step.Phase} {step.Request?.Verb ?? "proof"}: {outcome}"));
            if (outcome is not ("done" or "already so"))
                break;
        }
        return said;
    }

    private async Task<string> DoAsync(Step step)
    {
        if (step.Request is null)
            return await RunnerQuestions.ProveAsync(Session, StepProof.Of(step)! with { Within = TimeSpan.FromSeconds(1) }, TestContext.Current.CancellationToken) ?? "done";
        return await SendAsync(step.Request, StepProof.Of(step)) switch
        {
            RunnerReply.Done => "done",
            RunnerReply.Skipped => "already so",
            RunnerReply.ProofFailed(_, var output) => $"not proven: {output.Trim()}",
            RunnerReply.Failed(var receipt, _) => $"exit {receipt.ExitCode}: {receipt.Output.Trim()}",
            var other => $"{other}",
        };
    }
}

using Reconciler.Journaling;

namespace Reconciler.Serving;

/// <summary>What is answered to a request.</summary>
internal sealed record Answer(int Status, string Text, string ContentType = "text/plain; charset=utf-8");

/// <summary><c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c>: what a supervisor and a monitoring system ask.</summary>
/// <param name="writeLedger">Throws when the ledger cannot be written.</param>
internal sealed class Answers(LifeSigns signs, TurnMetrics metrics, Action writeLedger, TimeSpan interval, TimeProvider clock)
{
    private const string Plans = "/plans/";
    private const string Environments = "/environments";
    private const string Html = "text/html; charset=utf-8";
    private static readonly Answer NotFound =
        new(404, "there are /healthz, /readyz, /metrics, /environments, /environments/NAME and /plans/NUMBER\n");

    /// <summary>A write for each request would let anybody who reaches the port keep the disk busy.</summary>
    private static readonly TimeSpan WrittenAtMostEvery = TimeSpan.FromSeconds(2);

    /// <summary>The plan of a request in HTML, by its number; null where there is none.</summary>
    public Func<long, string?> PlanOf { get; init; } = _ => null;

    /// <summary>How an environment stood at the last look, in HTML; of all for null. Null where there is none.</summary>
    public Func<string?, string?> PageOf { get; init; } = _ => null;

    private readonly Lock _gate = new();
    private (long At, string? Fault)? _written;

    public Answer To(string method, string path)
    {
        if (method is not ("GET" or "HEAD"))
            return new(405, "only GET and HEAD are answered\n");
        try
        {
            return path switch
            {
                "/healthz" => Of(signs.Overdue),
                "/readyz" => Of(signs.Unready ?? Unwritable()),
                "/metrics" => new(200, metrics.Text(interval), PrometheusText.ContentType),
                Environments => PageOf(null) is { } all ? new(200, all, Html) : NotFound,
                _ when path.StartsWith($"{Environments}/", StringComparison.Ordinal) =>
                    PageOf(path[(Environments.Length + 1)..]) is { } page ? new(200, page, Html) : NotFound,
                _ when path.StartsWith(Plans, StringComparison.Ordinal) => long.TryParse(path.AsSpan(Plans.Length), out var number)
                    && PlanOf(number) is { } plan ? new(200, plan, Html) : new(404, "no such request is open, or it is not planned yet\n"),
                _ => NotFound,
            };
        }
        catch (LedgerException fault)
        {
            return new(503, $"{fault.Message}\n");
        }
    }

    private static Answer Of(string? fault) => fault is null ? new(200, "ok\n") : new(503, $"{fault}\n");

    private string? Unwritable()
    {
        lock (_gate)
        {
            if (_written is { } last && clock.GetElapsedTime(last.At) < WrittenAtMostEvery)
                return last.Fault;
            string? fault = null;
            try
            {
                writeLedger();
            }
            catch (LedgerException thrown)
            {
                fault = thrown.Message;
            }
            _written = (clock.GetTimestamp(), fault);
            return fault;
        }
    }
}

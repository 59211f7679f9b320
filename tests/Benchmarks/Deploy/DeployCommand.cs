using System.Globalization;
using System.Text;
using Reconciler.Journaling;
using Reconciler.Model;

namespace Reconciler.Benchmarks.Deploy;

/// <summary>For how long users are without the site while one and the same change is deployed: by the manual, by four bare commands, by us, in turns.</summary>
internal static class DeployCommand
{
    private static readonly IReadOnlyList<(string Name, bool Heavy)> Applications = [("the demo's", false), ("a heavier one", true)];

    /// <param name="DowntimeMs">From the last page of before to the first of after.</param>
    /// <param name="Bare">Answers meanwhile that are neither a page nor the maintenance page.</param>
    /// <param name="Processes">Started on the server from the first answer that was no page to the first that was one again, threads counted as well.</param>
    /// <param name="Steps">Journalled, from the page up to the page away; null for scripts.</param>
    private sealed record Row(string Application, string Who, double DowntimeMs, double ToFloor, double ToManual, int Bare, long Processes, int? Steps);

    private sealed record Measured(double DowntimeMs, int Bare, long Processes, int? Steps);

    /// <param name="rounds">How often each is measured, after one round that warms up.</param>
    /// <param name="only">One application only; null: all.</param>
    /// <param name="results">Where <c>deploy.md</c> and <c>deploy.json</c> are written.</param>
    public static async Task<int> RunAsync(int rounds, string? only, string results)
    {
        await PublishedProgram.MakeSureAsync(results);
        var rows = new List<Row>();
        foreach (var (name, heavy) in Applications.Where(application => only is null || application.Heavy == (only == "heavy")))
        {
            await using var site = new DeploySite(heavy);
            await site.InitializeAsync();
            rows.AddRange(await MeasureAsync(name, site, rounds));
        }
        await ResultFiles.WriteAsync(results, "deploy", rows, Table(rows));
        return 0;
    }

    private static async Task<IReadOnlyList<Row>> MeasureAsync(string application, DeploySite site, int rounds)
    {
        const string floor = "stop, checkout, migrate, start", manual = "the manual's order, page away last";
        Contender[] contenders =
        [
            new Script(floor, "floor.sh", prepare: "floor-prepare.sh"),
            new Ours(),
            new Script(manual, "manual.sh", "PAGE_AWAY=after"),
            new Script("the manual's order, page away first", "manual.sh", "PAGE_AWAY=before"),
        ];
        var measured = contenders.ToDictionary(contender => contender, _ => new List<Measured>());
        for (var round = 0; round <= rounds; round++)
            foreach (var contender in contenders)
            {
                var one = await OnceAsync(site, contender);
                Console.Error.WriteLine($"{application}, round {round}: {contender.Name}: {one.DowntimeMs:0} ms, {one.Bare} bare, {one.Processes} processes");
                if (round > 0)
                    measured[contender].Add(one);
            }
        double Of(string name) => Median(measured.Single(each => each.Key.Name == name).Value, one => one.DowntimeMs);
        return [.. contenders.Select(contender => (contender, All: measured[contender])).Select(each => new Row(application, each.contender.Name,
            Median(each.All, one => one.DowntimeMs), Median(each.All, one => one.DowntimeMs) / Of(floor), Median(each.All, one => one.DowntimeMs) / Of(manual),
            each.All.Sum(one => one.Bare), (long)Median(each.All, one => one.Processes), each.All[0].Steps))];
    }

    private static async Task<Measured> OnceAsync(DeploySite site, Contender contender)
    {
        await site.PutBackAsync();
        await contender.PrepareAsync(site);
        await using var counter = await RootShell.OpenAsync(site, site.Server.Host);
        Task<long>? down = null, up = null;
        await using var poller = new PagePoller(site.Server, DeploySite.After, () => down = LastProcessAsync(counter), () => up = LastProcessAsync(counter));
        poller.Start();
        var said = await contender.DeployAsync(site);
        try
        {
            await poller.SawAsync(TimeSpan.FromSeconds(20));
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException($"{contender.Name} brought no new page:\n{said}");
        }
        var answers = poller.Answers;
        var (last, first) = (answers.Last(answer => answer.Sort != $"page {DeploySite.After}" && answer.Sort.StartsWith("page ", StringComparison.Ordinal)),
            answers.First(answer => answer.Sort == $"page {DeploySite.After}"));
        var steps = contender.StepsWhileCovered(site);
        if (Environment.GetEnvironmentVariable("RECONCILER_BENCHMARK_STEPS") is not null)
            Tell(contender, said, answers, steps);
        return new((first.Came - last.Came).TotalMilliseconds,
            answers.Count(answer => answer.Sort != "cover" && !answer.Sort.StartsWith("page ", StringComparison.Ordinal)),
            down is null || up is null ? 0 : await up - await down,
            steps?.Count(step => step.Phase < Phase.Uncover || step.Summary.StartsWith(Cover.LiftWords, StringComparison.Ordinal)));
    }

    /// <summary>The number that the server gave last; without a process of its own.</summary>
    private static async Task<long> LastProcessAsync(RootShell shell) => long.Parse(await shell.RunAsync("read -r a b c d last </proc/loadavg; echo $last\n"), CultureInfo.InvariantCulture);

    /// <summary>Where the time went.</summary>
    private static void Tell(Contender contender, string said, IReadOnlyList<PagePoller.Answer> answers, IReadOnlyList<StepRecord>? steps)
    {
        Console.Error.WriteLine($"{contender.Name}:\n{said}");
        Console.Error.WriteLine(string.Join(", ", answers.GroupBy(answer => answer.Sort).Select(sort => $"{sort.Key} x{sort.Count()} from {sort.First().Came.TotalSeconds:0.00} to {sort.Last().Came.TotalSeconds:0.00} s")));
        foreach (var step in steps ?? [])
            Console.Error.WriteLine($"  {step.IntentAt - steps![0].IntentAt:s\\.fff} {((step.SettledAt ?? step.IntentAt) - step.IntentAt).TotalMilliseconds,5:0} ms  {step.Phase} {step.Summary}");
    }

    private static string Table(IReadOnlyList<Row> rows)
    {
        var text = new StringBuilder("| application | | downtime, ms | as a ratio to the four commands | to the manual's order | bare 502 or refused | processes and threads started | steps |\n|---|---|---|---|---|---|---|---|\n");
        foreach (var row in rows)
            text.Append(CultureInfo.InvariantCulture,
                $"| {row.Application} | {row.Who} | {row.DowntimeMs:0} | {row.ToFloor:0.00} | {row.ToManual:0.00} | {row.Bare} | {row.Processes} | {row.Steps?.ToString(CultureInfo.InvariantCulture) ?? "-"} |\n");
        return text.ToString();
    }

    private static double Median(IReadOnlyList<Measured> all, Func<Measured, double> of) => all.Select(of).Order().ElementAt(all.Count / 2);
}

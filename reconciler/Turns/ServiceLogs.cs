using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Remote;
using Reconciler.Resources.Account;
using Reconciler.Resources.Migrations;
using Reconciler.Resources.Service;

namespace Reconciler.Turns;

/// <summary>The end of what one service wrote on one server, or of what stands in log files; stable in JSON.</summary>
/// <param name="Server">A dash for a page that people read.</param>
/// <param name="Service">Or the path of the files, as in <c>logs</c> of application.yaml; or <c>database</c>, or the page's URL, of <c>errors</c> there.</param>
/// <param name="Text">Null when it could not be read.</param>
/// <param name="Trouble">Why not; null when it could.</param>
internal sealed record ServiceLog(string Server, string Service, string? Text, string? Trouble);

/// <summary>
/// Asks the runners for what services wrote, and for the files in which the application keeps logs of its own ("backend in
/// /srv/www/log", seeds/000: 179-183): the login itself may read neither log files nor the journal. Files are read as the
/// application's user, so a link that this user placed shows nothing that it could not read anyway.
/// </summary>
internal sealed class ServiceLogs(IServerSessions sessions, ServerAddresses addresses)
{
    private const int MostLines = 200;

    private sealed record Question(string Server, string Service, RunnerRequest Request);

    /// <param name="server">Null for all.</param>
    public async Task<IReadOnlyList<ServiceLog>> ReadAsync(ExpandedEnvironment environment, Unit unit, string? server,
        CancellationToken cancellation)
    {
        var known = addresses.Of(environment);
        var asked = unit.Resources.SelectMany(resource => QuestionsOf(resource, unit))
            .Where(question => server is null || question.Server == server)
            .GroupBy(question => question.Server).OrderBy(group => group.Key, StringComparer.Ordinal);
        var logs = await Task.WhenAll(asked.Select(group => OnAsync(known[group.Key], [.. group], cancellation)));
        var page = server is null && unit.ErrorPage is { } url ? new[] { new ServiceLog("-", url, "for people: open it in a browser", null) } : [];
        return [.. logs.SelectMany(each => each), .. page];
    }

    private static IEnumerable<Question> QuestionsOf(Resource resource, Unit unit) => resource.Spec switch
    {
        ServiceSpec { Retired: false, Manager: not ServiceManager.BareProcess } service =>
            [new(resource.Id.Server, service.Service, RunnerRequest.Logs(Lookup.WithManager(service)))],
        AccountSpec account => unit.LogFiles.Select(path =>
            new Question(resource.Id.Server, path, RunnerRequest.Run(account.Name, "/", "-", new PayloadPart.Text(FilesScript(path))))),
        MigrationsSpec { Runtime: var runtime } when unit.ErrorQuery is { } query =>
            [new(resource.Id.Server, "database", runtime.RunLive("-", QueryScript(query)))],
        _ => [],
    };

    // libpq's variable: https://www.postgresql.org/docs/15/libpq-envars.html; other databases' clients do not look at it.
    // Django's own connection: dbshell would hand the password to psql in its environment, for all of that user's processes to read.
    private static string QueryScript(string query) => $$"""
        export LC_ALL=C.UTF-8 PGOPTIONS='-c default_transaction_read_only=on -c statement_timeout=10s'
        export RECONCILER_QUERY={{Shell.Quote(query)}}
        python manage.py shell -v 0 -c '{{QueryCode.Replace("MOST", $"{MostLines}", StringComparison.Ordinal)}}' 2>&1 | tail -n {{MostLines}}

        """;

    /// <summary>On one line: an indented one would end before older versions of the shell have read it.</summary>
    private const string QueryCode = "import os; from collections import deque; from django.db import connection; cursor = connection.cursor(); "
        + "cursor.execute(os.environ[\"RECONCILER_QUERY\"]); print(*(column[0] for column in cursor.description), sep=\" | \"); "
        + "[print(*(\"\" if value is None else value for value in row), sep=\" | \") for row in deque(cursor, maxlen=MOST)]";

    /// <param name="path">With * for any characters but /; nothing else in it means anything to a shell.</param>
    private static string FilesScript(string path) => $$"""
        export LC_ALL=C
        for f in {{path}}; do
            [ -e "$f" ] || { echo "there is no such file that $(id -un) may see"; continue; }
            [ "$f" = '{{path}}' ] || echo "==> $f <=="
            tail -n {{MostLines}} -- "$f" 2>&1
        done

        """;

    private async Task<IEnumerable<ServiceLog>> OnAsync(ServerAddress server, IReadOnlyList<Question> questions,
        CancellationToken cancellation)
    {
        IReadOnlyList<ProbeAnswer> answers;
        try
        {
            var probes = questions.Select(question => Probe.Nothing with { Request = question.Request });
            answers = await ServerProbes.AskAsync(sessions.For(server), [.. probes], cancellation);
        }
        catch (SessionException fault)
        {
            answers = [.. questions.Select(_ => new ProbeAnswer.Missing(fault.Message))];
        }
        return questions.Zip(answers, (question, answer) => new ServiceLog(server.Name, question.Service,
            (answer as ProbeAnswer.Output)?.Text, (answer as ProbeAnswer.Missing)?.Why))
                .OrderBy(log => log.Service, StringComparer.Ordinal);
    }
}

using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Reconciler.Remote;

namespace Reconciler.Tests.Converging;

/// <summary>Servers that answer what a test says, at the boundary where scripts are sent: everything above it is real.</summary>
internal sealed partial class ScriptedServers : IServerSessions
{
    private readonly ConcurrentDictionary<string, Session> _sessions = new();
    private readonly List<string> _log = [];

    /// <summary>"server verb" of what was begun and ended, in order: <c>&gt; web1 one</c>, <c>&lt; web1 one</c>.</summary>
    public IReadOnlyList<string> Log
    {
        get
        {
            lock (_log)
                return [.. _log];
        }
    }

    public IReadOnlyList<string> Begun => [.. Log.Where(line => line[0] == '>').Select(line => line[2..])];

    /// <summary>What a request comes to, by server and verb; anything else is done at once.</summary>
    public ConcurrentDictionary<(string Server, string Verb), Func<Task<Answer>>> Answers { get; } = new();

    /// <summary>Servers that cannot be reached.</summary>
    public ConcurrentDictionary<string, bool> Silent { get; } = new();

    /// <summary>What is seen of a thing that a probe names by its fragment, <c>: NAME</c>.</summary>
    public Func<string, string>? Seen { get; init; }

    /// <summary>What a program wrote, for who asks with the verb <c>logs</c>; null: nobody asks.</summary>
    public string? Logs { get; set; }

    /// <summary>Told of each request that was done: verb and arguments.</summary>
    public Action<string, IReadOnlyList<string>>? Took { get; init; }

    public Answer this[string server, string verb]
    {
        set => Answers[(server, verb)] = () => Task.FromResult(value);
    }

    public IServerSession For(ServerAddress server) => _sessions.GetOrAdd(server.Name, _ => new Session(this, server));

    public static ServerAddress Address(string name) => new(name, name, "reconciler", []);

    /// <param name="Text">The runner's answer, or the output of the proof.</param>
    /// <param name="Proof">Of the proof after it; null: none was asked for or it holds.</param>
    public sealed record Answer(string Text, int Code = 0, int Proof = 0)
    {
        public SessionException? Fault { get; init; }

        public static Answer Done { get; } = Exit(0);

        public static Answer Exit(int code, string output = "") =>
            new($"answer fresh\noperation o\nfence 1\nexit {code}\nboot b\nstarted 1\nended 2\ndeadline-passed no\n\n{output}", code);

        /// <summary>To the question what became of a step: it had not begun, and never will.</summary>
        public static Answer Withdrawn { get; } =
            new("answer fresh\noperation o\nfence 1\nexit 74\nboot -\nstarted 0\nended 0\ndeadline-passed no\nrefused 74 withdrawn before it began\n\n", 74);

        /// <summary>To the same question: <c>running o</c>, <c>interrupted</c>.</summary>
        public static Answer Says(string what) => new($"answer {what}\n");

        public static Answer Refused(RunnerCode code, string sentence) => new($"runner: {(int)code}: {sentence}\n", (int)code);

        public static Answer Thrown(SessionFailure failure, bool sent) => new("") { Fault = new(failure, $"{failure}") { Sent = sent } };
    }

    private void Note(string line)
    {
        lock (_log)
            _log.Add(line);
    }

    private sealed class Session(ScriptedServers servers, ServerAddress server) : IServerSession
    {
        public ServerAddress Server => server;

        public async Task<ShellReply> RunAsync(ShellRequest request, CancellationToken cancellation)
        {
            if (servers.Silent.ContainsKey(server.Name))
                throw new SessionException(SessionFailure.Unreachable, "no route to host") { Sent = false };
            if (request.Payload.Count == 0 && servers.Seen is { } seen && Probed().Matches(request.Script) is { Count: > 0 } probes)
                return await LookedAsync(probes, seen);
            if (servers.Logs is { } logs && Asked().Match(request.Script) is { Success: true } asked)
                return new(0, Encoding.UTF8.GetBytes($"{logs}\n{asked.Groups[1].Value} 0 \n"), false);
            var header = request.Payload.Count == 0 ? "" : await HeaderAsync(request.Payload[0]);
            var verb = header.Length == 0 ? Named().Match(request.Script).Groups[1].Value : Verb().Match(header).Groups[1].Value;
            servers.Note($"> {server.Name} {verb}");
            var answer = servers.Answers.TryGetValue((server.Name, verb), out var scripted) ? await scripted() : Answer.Done;
            servers.Note($"< {server.Name} {verb}");
            if (answer.Fault is not null)
                throw answer.Fault;
            if (answer.Code == 0)
                servers.Took?.Invoke(verb, [.. Argument().Matches(header).Select(match => match.Groups[1].Value)]);
            var marker = Marker().Match(request.Script).Groups[1].Value;
            var ran = request.Payload.Count == 0 ? "" : $"{answer.Text}\n{marker} ran {answer.Code}\n";
            // A question of its own (what became of a step) has no marker: the runner's plain answer.
            var text = marker.Length == 0 ? answer.Text : $"{ran}{(ran.Length == 0 ? answer.Text : "")}\n{marker} proof {answer.Proof}\n";
            return new(answer.Code, Encoding.UTF8.GetBytes(text), false);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        /// <summary>A look: one answer for each fragment, framed as the server would. A server may be scripted not to answer <c>look</c>.</summary>
        private async Task<ShellReply> LookedAsync(MatchCollection probes, Func<string, string> seen)
        {
            if (servers.Answers.TryGetValue((server.Name, "look"), out var scripted) && await scripted() is { Fault: { } fault })
                throw fault;
            var text = string.Concat(probes.Select(probe => $"{seen(probe.Groups[1].Value)}\n{probe.Groups[2].Value} {probe.Groups[3].Value} \n"));
            return new(0, Encoding.UTF8.GetBytes(text), false);
        }

        private static async Task<string> HeaderAsync(PayloadContent header)
        {
            using var reader = new StreamReader(header.Stream, leaveOpen: true);
            return await reader.ReadToEndAsync();
        }
    }

    [GeneratedRegex(@"printf '(?:\\n|%s\\n)([0-9a-f]{32}) ")]
    private static partial Regex Marker();

    [GeneratedRegex(@"(?s)verb (?:logs|run|survey)\n.*printf '\\n([0-9a-f]{32}) 0 %s")]
    private static partial Regex Asked();

    [GeneratedRegex("(?m)^verb (.+)$")]
    private static partial Regex Verb();

    [GeneratedRegex("(?m)^arg (.+)$")]
    private static partial Regex Argument();

    /// <summary>A probe's fragment and the frame after it.</summary>
    [GeneratedRegex(@"\( eval ': (\S+)' \)\nprintf '\\n([0-9a-f]{32}) (\d+) ")]
    private static partial Regex Probed();

    /// <summary>A step that only proves is named by its fragment: <c>: NAME</c>.</summary>
    [GeneratedRegex(@"eval ': (\w+)'")]
    private static partial Regex Named();
}

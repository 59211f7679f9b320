using System.Text.Json;
using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Deploys;

/// <summary>The program, as a person or systemd starts it, with a state folder of its own. All that it ever printed is kept.</summary>
internal sealed class Controller(string environment, string folder, string state, string outputs)
{
    private static readonly string Program = Path.Combine(Published ?? AppContext.BaseDirectory, "reconciler");

    /// <summary>The folder that ./publish made for the whole run; null for a class that is run by hand.</summary>
    public static string? Published => System.Environment.GetEnvironmentVariable("RECONCILER_PUBLISHED");

    public string State => state;

    /// <summary>What it has in its environment beside what the tests have.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Options beside those that it always has.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Where its desired state comes from; without it the folder that <see cref="DesiredRepository"/> edits.</summary>
    public string Repository { get; init; } = Path.Combine(folder, "desired");

    /// <summary>Its settings file; without it none is read.</summary>
    public string? Config { get; init; }

    /// <summary>What is started: the program as users have it, or one made for a test.</summary>
    public string Executable { get; init; } = Program;

    /// <summary>The same controller with a settings file.</summary>
    public Controller WithConfig(string file) => new(environment, folder, state, outputs) { Environment = Environment, Options = Options, Repository = Repository, Config = file, Executable = Executable };

    /// <summary>The same controller, started otherwise.</summary>
    public Controller With(IReadOnlyDictionary<string, string> variables, params IReadOnlyList<string> options) =>
        new(environment, folder, state, outputs) { Environment = variables, Options = options, Repository = Repository, Executable = Executable };

    /// <summary>The same controller with its desired state from elsewhere.</summary>
    public Controller FetchingFrom(string repository) =>
        new(environment, folder, state, outputs) { Environment = Environment, Options = Options, Config = Config, Executable = Executable, Repository = repository };

    /// <summary>The same controller, started by a program that is given its arguments.</summary>
    public Controller StartedBy(string program) =>
        new(environment, folder, state, outputs) { Environment = Environment, Options = Options, Config = Config, Executable = program, Repository = Repository };

    public Task<Command> RunAsync(params string[] arguments) => AskAsync(null, arguments);

    /// <param name="input">Typed into it.</param>
    public async Task<Command> AskAsync(string? input, params string[] arguments)
    {
        var command = await Command.RunAsync(Executable, [.. arguments, .. Settings], TimeSpan.FromMinutes(4), input: input,
            environment: Environment);
        await File.AppendAllTextAsync(outputs, command.All);
        return command;
    }

    public Task<Command> ConvergeAsync(params string[] more) => RunAsync(["converge", environment, .. more]);

    public Task<Command> PlanAsync(params string[] more) => RunAsync(["plan", environment, .. more]);

    /// <summary>Where the application stands, and the exit code of <c>status</c>.</summary>
    public async Task<Status> StatusAsync(string application = "coralnet")
    {
        var command = await RunAsync("status", environment, "-o", "json");
        using var json = JsonDocument.Parse(command.Output);
        var status = json.RootElement.GetProperty("applications").EnumerateArray().First(each => each.GetProperty("application").GetString() == application);
        string Condition(string type, string what) =>
            status.GetProperty("conditions").EnumerateArray().First(each => each.GetProperty("type").GetString() == type).GetProperty(what).GetString()!;
        return new(command.ExitCode, status.GetProperty("sync").GetString()!, status.GetProperty("health").GetString()!,
            Condition("Stalled", "status") == "True", Condition("Ready", "reason"), Condition("Ready", "message"),
            status.GetProperty("verified").GetString()!);
    }

    /// <summary><c>watch</c>, or a command that is to be interrupted.</summary>
    public RunningProgram Start(params string[] arguments) => RunningProgram.Start(Environment, Executable, [.. arguments, .. Settings], outputs);

    public RunningProgram Watch() => Start("watch", "--interval", "1", "--listen", "none");

    public async Task StopAsync(RunningProgram program)
    {
        await program.StopAsync();
        await File.AppendAllTextAsync(outputs, program.Output);
    }

    private string[] Settings =>
    [
        "--repository", Repository, "--state", state, "--identity", Path.Combine(folder, "key"),
        "--secrets", Path.Combine(folder, "secrets"), "--allow-local-repositories", "--config", Config ?? "none", .. Options,
    ];
}

/// <param name="Reason">Of the condition Ready.</param>
/// <param name="Verified">When the servers were last looked at.</param>
internal sealed record Status(int ExitCode, string Sync, string Health, bool Stalled, string Reason, string Message, string Verified);

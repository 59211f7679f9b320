using System.CommandLine;
using Reconciler.Documents.Editing;
using Reconciler.Rotating;
using Reconciler.Secrets;

namespace Reconciler.Cli;

/// <summary><c>rotate</c>: another value for one secret, put into force, and proven.</summary>
internal sealed class RotateCommand
{
    private readonly Argument<string> _environment = new("environment") { Description = "its folder's name: staging, production" };
    private readonly Argument<string> _secret = new("secret")
    {
        Description = "APPLICATION/FILE/KEY as secrets.yaml has it, or APPLICATION/FILE for `format: raw`",
    };

    private readonly Option<bool> _fromStdin = new("--value-from-stdin") { Description = "the new value is given, not made up: what"
        + " somebody else issues" };
    private readonly Option<int?> _length = new("--length")
    {
        Description = $"how many characters are made up, {NewSecret.Shortest} to {NewSecret.Longest} (32 for a database password, 64"
            + $" for SECRET_KEY)",
    };

    private readonly Option<bool> _dropFallbacks = new("--drop-fallbacks") { Description = "for SECRET_KEY: no key of before counts any"
        + " more" };
    private readonly Option<bool> _first = new("--first") { Description = "although the environment that this one is promoted from was"
        + " not rotated yet" };
    private readonly Option<bool> _anyway = new("--anyway") { Description = "although the application does not work as it is" };
    private readonly Option<bool> _noWait = new("--no-wait") { Description = "end when it is at its source; nothing is proven" };
    private readonly SettingsOptions _settings;
    private readonly CommitOptions _commit;

    private RotateCommand(SettingsOptions settings, Command command)
    {
        _settings = settings;
        foreach (var argument in new[] { _environment, _secret })
            command.Arguments.Add(argument);
        foreach (var option in new Option[] { _fromStdin, _length, _dropFallbacks, _first, _anyway, _noWait })
            command.Options.Add(option);
        _commit = new(settings, command);
    }

    public static Command Create(SettingsOptions settings)
    {
        var command = new Command("rotate",
            "Puts another value of a secret at its source, makes the commit where git names its version, has it put into force, and for a "
            + "database password logs in with the new one and with the old one. Ended early, what stands at the source is what counts.");
        var rotate = new RotateCommand(settings, command);
        command.SetAction((parsed, cancellation) => Failures.ToExitCodeAsync(() => rotate.RunAsync(parsed, cancellation)));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var (environment, settings) = (parsed.GetValue(_environment)!, _settings.Read(parsed));
        var name = SecretName.Parse(parsed.GetValue(_secret)!)
            ?? throw new UsageException($"{parsed.GetValue(_secret)} names no secret; write APPLICATION/FILE/KEY, as"
                + $" coralnet/settings/SECRET_KEY");
        var turn = new RotationTurn(settings, environment, name);
        var hindrance = turn.Hindrance(parsed.GetValue(_anyway));
        var rotation = new Rotation(settings, environment, name, WishesOf(parsed), stop => KnowsFallbacksAsync(settings, environment,
            name, stop));
        var pushed = await _commit.PushAsync(parsed, rotation.AtSourceAsync, cancellation);
        turn.Application = rotation.ConcernsOthers ? null : name.Application;
        Console.Out.WriteLine($"{string.Join(" and ", rotation.Changed)} in {environment}: another value stands at {rotation.Subject!.From}"
            + (rotation.Version is { } version ? $", version {version}" : "")
            + (rotation.Login is { } login ? $", for {login.Fresh}{(login.Fresh == login.Old ? "" : $" in place of {login.Old}")}" : ""));
        if (pushed is not null)
            _commit.Tell(parsed, pushed);
        else
            Console.Out.WriteLine("no commit: git names no version of it");
        await rotation.CommittedAsync(cancellation);
        if (rotation.LoggedIn is { } sentence)
            Console.Out.WriteLine(sentence);
        return await InForceAsync(parsed, turn, rotation, hindrance, cancellation);
    }

    private async Task<int> InForceAsync(ParseResult parsed, RotationTurn turn, Rotation rotation, string? hindrance,
        CancellationToken cancellation)
    {
        if (_commit.IsToBeMerged(parsed))
            return ExitCode.Done;
        if (parsed.GetValue(_noWait) || hindrance is not null)
        {
            Console.Out.WriteLine($"{(hindrance is null ? "" : $"not in force: {hindrance}; ")}`{turn.GoOn}` puts it into force");
            return hindrance is null ? ExitCode.Done : ExitCode.HeldOrWaiting;
        }
        var environment = parsed.GetValue(_environment)!;
        var subject = rotation.Subject!;
        Console.Out.WriteLine($"putting it into force; if this ends early: `{turn.GoOn}`");
        var wanted = subject.Name.Key is null ? rotation.Replacement!.Whole! : rotation.Fresh;
        var (said, code) = await turn.PutInForceAsync(
            [.. rotation.Changed.Select(name => Rotation.ReferenceOf(environment, name))], wanted,
            new ConsoleProgress(Console.Error, TimeProvider.System, environment), cancellation);
        Console.Out.WriteLine(said);
        if (code != ExitCode.Done)
        {
            Console.Out.WriteLine($"the new value stays at its source: `{turn.GoOn}` tries again, `reconciler status {environment}`"
                + $" says what it waits for");
            return code;
        }
        return subject.Databases.Count == 0 ? ExitCode.Done : await ProveAsync(turn, rotation, cancellation);
    }

    private static async Task<int> ProveAsync(RotationTurn turn, Rotation rotation, CancellationToken cancellation)
    {
        var proofs = await turn.ProveAsync(rotation.Subject!, new(rotation.Login?.Fresh, rotation.Fresh),
            new(rotation.Login?.Old, rotation.Replacement!.Old!), cancellation);
        foreach (var proof in proofs)
            Console.Out.WriteLine($"{(proof.Holds ? "proven" : "NOT PROVEN")}: {proof.Sentence}");
        return proofs.Count > 0 && proofs.All(proof => proof.Holds) ? ExitCode.Done : ExitCode.Error;
    }

    private RotationWishes WishesOf(ParseResult parsed)
    {
        var (length, given) = (parsed.GetValue(_length), parsed.GetValue(_fromStdin));
        if (length is { } asked && asked is < NewSecret.Shortest or > NewSecret.Longest)
            throw new UsageException($"--length {asked}: from {NewSecret.Shortest} to {NewSecret.Longest} characters are made up");
        if (length is not null && given)
            throw new UsageException("--length and --value-from-stdin exclude each other: give one of them");
        return new(given ? ReadValue() : null, length, parsed.GetValue(_dropFallbacks), parsed.GetValue(_first),
            _commit.IsToBeMerged(parsed));
    }

    private static SecretValue ReadValue()
    {
        if (Console.IsInputRedirected)
        {
            var all = Console.In.ReadToEnd();
            // An editor's or echo's newline is not the secret's.
            return new(all.EndsWith('\n') ? all[..^1] : all);
        }
        Console.Error.Write("new value (not shown): ");
        var typed = new System.Text.StringBuilder();
        for (ConsoleKeyInfo key; (key = Console.ReadKey(intercept: true)).Key != ConsoleKey.Enter;)
            if (key.Key == ConsoleKey.Backspace)
                typed.Length = Math.Max(0, typed.Length - 1);
            else
                typed.Append(key.KeyChar);
        Console.Error.WriteLine();
        return new(typed.ToString());
    }

    /// <exception cref="EditException">The live site could not be asked: whether anybody is logged out is not left to chance.</exception>
    private static async Task<bool> KnowsFallbacksAsync(ControllerSettings settings, string environment, SecretName name,
        CancellationToken cancellation)
    {
        await using var controller = Controller.OpenForLooking(settings, TimeProvider.System, "rotate");
        await controller.Desired.LookAsync(cancellation);
        var desired = await controller.Desired.InForceAsync(environment, cancellation);
        var (answer, trouble) = await controller.Site.AskAsync(desired, name.Application, DjangoKeys.Question, cancellation);
        return (answer is null ? null : DjangoKeys.KnowsFallbacks(answer)) ?? throw new EditException(
            $"which Django runs {name.Application} could not be asked ({trouble ?? "it gave no version"}), and so whether it knows "
            + $"{SecretSubject.FallbacksKey}: try again; with --drop-fallbacks nobody is asked, and everybody is logged out. Nothing"
                + $" was changed");
    }
}

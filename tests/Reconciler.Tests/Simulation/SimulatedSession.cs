using System.Text;
using Reconciler.Remote;

namespace Reconciler.Tests.Simulation;

/// <summary>The way from one controller to one server, with what happens on it.</summary>
internal sealed class SimulatedSession(ServerAddress address, SimulatedServer server, SimulatedController controller, SimulatedWorld world) : IServerSession
{
    public ServerAddress Server => address;

    public async Task<ShellReply> RunAsync(ShellRequest request, CancellationToken cancellation)
    {
        RequireAlive();
        var script = await SentScript.OfAsync(request);
        script = script with { Request = script.Request is { } sent ? sent with { By = controller.Number } : null };
        var fault = world.Faults.OfCall();
        if (fault != CallFault.None)
            world.Tell($"controller {controller.Number} to {server.Name}: {fault} at {Name(script)}");
        if (fault == CallFault.KilledBefore)
            throw controller.Kill();
        if (fault == CallFault.Paused)
        {
            await controller.PauseAsync();
            RequireAlive();
        }
        if (fault == CallFault.Reboot)
            server.Reboot(world.Faults.Time(20, 120));
        await world.DelayAsync(TimeSpan.FromMilliseconds(20));
        if (!server.IsUp || fault == CallFault.Unreachable)
            throw Lost(SessionFailure.Unreachable, sent: false);
        if (fault == CallFault.CutShort)
            throw Lost(SessionFailure.PayloadCutShort, sent: true);
        if (fault == CallFault.Late)
            _ = LaterAsync(script);
        if (fault is CallFault.Late or CallFault.Swallowed)
            throw Lost(SessionFailure.Lost, sent: true);
        return await AnswerAsync(request, script, fault);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<ShellReply> AnswerAsync(ShellRequest request, SentScript script, CallFault fault)
    {
        var work = server.RunAsync(script);
        if (fault is CallFault.AnswerLost or CallFault.KilledMeanwhile)
        {
            await Task.WhenAny(work, world.DelayAsync(world.Faults.Time(0, 3)));
            throw fault == CallFault.AnswerLost ? Lost(SessionFailure.Lost, sent: true) : controller.Kill();
        }
        if (await Task.WhenAny(work, world.DelayAsync(request.Deadline)) != work)
            throw Lost(SessionFailure.TimedOut, sent: true);
        RequireAlive();
        if (fault == CallFault.KilledAfter)
            throw controller.Kill();
        return await work is { } output
            ? new(0, Encoding.UTF8.GetBytes(output), false)
            : throw Lost(SessionFailure.Lost, sent: true);
    }

    private async Task LaterAsync(SentScript script)
    {
        await world.DelayAsync(world.Faults.Time(0.1, 90));
        if (server.IsUp)
            await server.RunAsync(script);
    }

    private void RequireAlive()
    {
        if (controller.IsDead)
            throw controller.Kill();
    }

    private SessionException Lost(SessionFailure failure, bool sent) => new(failure, $"{server.Name}: {failure}") { Sent = sent };

    private static string Name(SentScript script) => script.Request is { } request ? $"{request.Verb} {request.Operation}" : script.Proof ?? "a look";
}

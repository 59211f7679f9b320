using System.Diagnostics;
using Reconciler.Remote;

namespace Reconciler.Tests.Remote;

/// <summary>Sessions to this machine: the real loop under a real shell, with sh in the place of ssh.</summary>
internal static class LocalShell
{
    public static ServerAddress Server { get; } = new("here", "localhost", "me", []);

    /// <param name="before">What a profile would run before the command.</param>
    public static SshServerSession Open(string before = "", int cap = 4 * 1024 * 1024, OpenSessions? open = null) =>
        new(Server, new SshOptions("/nonexistent") { OutputCap = cap }, command => new ProcessStartInfo("sh", ["-c", before + "\n" + command]), TimeProvider.System, open);

    public static Task<ShellReply> RunAsync(this IServerSession session, string script, string? payload = null, double seconds = 20) =>
        session.RunAsync(
            new ShellRequest(script, TimeSpan.FromSeconds(seconds)) { Payload = payload is null ? [] : [PayloadContent.Of(payload)] },
            TestContext.Current.CancellationToken);
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Reconciler.Resources.Service;

namespace Reconciler.Tests.Resources.Service;

/// <summary>The wait before a web service is stopped, with real connections.</summary>
public sealed class DrainingTests
{
    private static (int Code, TimeSpan Took) Run(int port)
    {
        var watch = Stopwatch.StartNew();
        var code = Sh.Run(Draining.Script(port)).Code;
        return (code, watch.Elapsed);
    }

    [Fact]
    public async Task What_waits_in_the_queue_is_waited_for_and_no_longer()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Run(port).Code.ShouldBe(0);

        // Connected, and not accepted yet: as with a gunicorn whose workers are all busy.
        var waiting = new TcpClient();
        await waiting.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        var drained = Task.Run(() => Run(port), TestContext.Current.CancellationToken);
        (await Task.WhenAny(drained, Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken))).ShouldNotBe(drained);
        waiting.Dispose();
        (await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken)).Dispose();

        (await drained).Code.ShouldBe(0);
    }

    [Fact]
    public async Task Who_never_goes_is_waited_for_only_so_long()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var staying = new TcpClient();
        await staying.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);

        var (code, took) = Run(port);

        code.ShouldBe(0);
        took.ShouldBeGreaterThanOrEqualTo(Draining.Longest - TimeSpan.FromMilliseconds(100));
    }
}

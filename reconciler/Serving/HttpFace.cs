using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Reconciler.Serving;

/// <summary>The controller's HTTP server; it only reads.</summary>
internal sealed class HttpFace : IAsyncDisposable
{
    private const int MostConnections = 100;
    private readonly WebApplication _application;

    private HttpFace(WebApplication application) => _application = application;

    /// <exception cref="ServingException">Nobody can listen there.</exception>
    public static async Task<HttpFace> ListenAsync(IPEndPoint address, Answers answers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.Listen(address);
            options.AddServerHeader = false;
            options.Limits.MaxConcurrentConnections = MostConnections;
            options.Limits.MaxRequestBodySize = 0;
        });
        // SIGTERM is the daemon's: it still answers while a covered site is brought to its end.
        builder.Services.AddSingleton<IHostLifetime, OursToEnd>();
        var application = builder.Build();
        application.Run(context => AnswerAsync(context, answers));
        try
        {
            await application.StartAsync();
            return new(application);
        }
        catch (IOException fault)
        {
            await application.DisposeAsync();
            throw new ServingException($"{address} cannot be listened on ({fault.InnerException?.Message ?? fault.Message}): "
                + "stop what listens there (ss -ltnp), "
                + "or name another address, or none, as `listen` in the settings file or --listen (RECONCILER_LISTEN)", fault);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private static async Task AnswerAsync(HttpContext context, Answers answers)
    {
        var answer = answers.To(context.Request.Method, context.Request.Path);
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        context.Response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.WriteAsync(answer.Text, context.RequestAborted);
    }

    private sealed class OursToEnd : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>Health and metrics cannot be answered where they should be; the message says what to do.</summary>
internal sealed class ServingException(string message, Exception inner) : Exception(message, inner);

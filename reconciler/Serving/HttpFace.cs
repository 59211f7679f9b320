using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Reconciler.Serving;

/// <summary>One of the controller's HTTP servers, at an address of its own.</summary>
internal sealed class HttpFace : IAsyncDisposable
{
    private const int MostConnections = 100;
    private static readonly TimeSpan HeadersWithin = TimeSpan.FromSeconds(10);
    private readonly WebApplication _application;

    private HttpFace(WebApplication application) => _application = application;

    /// <summary>Health and metrics: only read.</summary>
    /// <exception cref="ServingException">Nobody can listen there.</exception>
    public static Task<HttpFace> ListenAsync(IPEndPoint address, Answers answers) =>
        ListenAsync(address, 0, context => AnswerAsync(context, answers.To(context.Request.Method, context.Request.Path)),
            "or name another address, or none, as `listen` in the settings file or --listen (RECONCILER_LISTEN)");

    /// <summary>What git hosts tell.</summary>
    /// <exception cref="ServingException">Nobody can listen there.</exception>
    public static Task<HttpFace> ListenAsync(IPEndPoint address, Webhooks webhooks) =>
        ListenAsync(address, Webhooks.LongestBody, async context => await AnswerAsync(context, await webhooks.ToAsync(context.Request)),
            "or name another address as webhook.listen in the settings file");

    /// <param name="otherwise">What to do where something else listens there.</param>
    private static async Task<HttpFace> ListenAsync(IPEndPoint address, long longestBody, RequestDelegate answer, string otherwise)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.Listen(address);
            options.AddServerHeader = false;
            options.Limits.MaxConcurrentConnections = MostConnections;
            options.Limits.MaxRequestBodySize = longestBody;
            options.Limits.RequestHeadersTimeout = HeadersWithin;
        });
        // SIGTERM is the daemon's: it still answers while a covered site is brought to its end.
        builder.Services.AddSingleton<IHostLifetime, OursToEnd>();
        var application = builder.Build();
        application.Run(answer);
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
                + otherwise, fault);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private static async Task AnswerAsync(HttpContext context, Answer answer)
    {
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
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

using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Reconciler.Notifying;
using Reconciler.Tests.Git;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Notifying;

public sealed class ChannelTests : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private readonly ConcurrentQueue<string> _bodies = new();
    private WebApplication _server = null!;
    private int _status = 200;

    private static readonly Notice Example = new(NoticeEvent.Failing, "production/site", "production", new string('1', 40),
        "web1: <!channel> & \"quotes\"", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, ["reconciler retry production site"], "https://reconciler.example/environments/production");

    public async ValueTask InitializeAsync()
    {
        _server = await Loopback.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            _bodies.Enqueue(await reader.ReadToEndAsync());
            context.Response.StatusCode = _status;
        });
        Write($"{_server.Urls.Single()}/CANARYsecretCANARY\n");
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    private string Url => _folder.In("url");

    private void Write(string url, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        File.WriteAllText(Url, url);
        File.SetUnixFileMode(Url, mode);
    }

    private static async Task SendAsync(INoticeChannel channel) => await channel.SendAsync(Example, TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_webhook_gets_the_notice_as_JSON()
    {
        using var channel = new WebhookChannel(Url, isSlack: false);
        await SendAsync(channel);

        using var json = JsonDocument.Parse(_bodies.ShouldHaveSingleItem());
        json.RootElement.EnumerateObject().Select(field => field.Name).ShouldBe(["event", "about", "environment", "revision", "sentence", "since", "at", "goOn", "link"]);
        (json.RootElement.GetProperty("event").GetString(), json.RootElement.GetProperty("about").GetString()).ShouldBe(("failing", "production/site"));
    }

    [Fact]
    public async Task Slack_gets_text_in_which_nothing_is_its_own_markup()
    {
        using var channel = new WebhookChannel(Url, isSlack: true);
        await SendAsync(channel);

        using var json = JsonDocument.Parse(_bodies.ShouldHaveSingleItem());
        json.RootElement.GetProperty("text").GetString().ShouldBe(":red_circle: production/site fails: web1: &lt;!channel&gt; &amp; \"quotes\"\n"
            + "> reconciler retry production site\nhttps://reconciler.example/environments/production");
    }

    [Fact]
    public async Task A_command_gets_it_on_its_standard_input_and_its_failure_is_told()
    {
        await SendAsync(new CommandChannel(["tee", _folder.In("told")], TimeProvider.System));
        (await File.ReadAllTextAsync(_folder.In("told"), TestContext.Current.CancellationToken)).ShouldStartWith("{\"event\":\"failing\"");

        (await Should.ThrowAsync<NoticeException>(() => SendAsync(new CommandChannel(["false"], TimeProvider.System)))).Message.ShouldBe("`false` ended with exit code 1");
        (await Should.ThrowAsync<NoticeException>(() => SendAsync(new CommandChannel(["/no/such"], TimeProvider.System)))).Message.ShouldStartWith("`/no/such` cannot be run: ");
    }

    [Fact]
    public async Task Why_it_was_not_sent_is_told_without_the_address()
    {
        using var channel = new WebhookChannel(Url, isSlack: false);
        async Task<NoticeException> Fault() => await Should.ThrowAsync<NoticeException>(() => SendAsync(channel));
        _status = 503;
        var busy = await Fault();
        (busy.IsPassing, busy.Message).ShouldBe((true, $"127.0.0.1 answered with 503: look at the address in {Url}"));
        _status = 404;
        (await Fault()).IsPassing.ShouldBeFalse();
        Write("http://chat.example/CANARY");
        (await Fault()).Message.ShouldBe($"{Url} must hold one https URL, and nothing else");
        Write("https://chat.example/CANARY", UnixFileMode.UserRead | UnixFileMode.OtherRead);
        (await Fault()).Message.ShouldBe($"{Url} may be read or changed by others: run chmod 600 {Url}");
        File.Delete(Url);
        (await Fault()).Message.ShouldStartWith($"{Url} cannot be read: ");
    }
}

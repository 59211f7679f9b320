using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Reconciler.Benchmarks.Push;

/// <summary>Tells of pushes as GitHub does: JSON, signed.</summary>
internal sealed class Webhook : IDisposable
{
    private const int Port = 19465;

    private readonly string _secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    /// <returns>A settings file for the daemon that is told.</returns>
    public async Task<string> SettingsAsync(string folder)
    {
        var (file, secret) = (Path.Combine(folder, "controller.yaml"), Path.Combine(folder, "webhook"));
        await File.WriteAllTextAsync(secret, _secret);
        await File.WriteAllTextAsync(file, $$"""
            apiVersion: reconciler/v1
            kind: Controller
            metadata: {name: controller}
            spec:
              webhook: {listen: "127.0.0.1:{{Port}}", secretFile: {{secret}}}

            """);
        foreach (var path in new[] { file, secret })
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    /// <param name="repository">Where it is fetched from.</param>
    public async Task TellAsync(string repository, string commit)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            @ref = "refs/heads/main",
            after = commit,
            repository = new { full_name = "you/desired", ssh_url = repository, default_branch = "main" },
            pusher = new { name = "you", email = "you@site.example" },
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{Port}/webhook") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("X-GitHub-Event", "push");
        request.Headers.Add("X-GitHub-Delivery", $"{Guid.NewGuid()}");
        request.Headers.Add("X-Hub-Signature-256", $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(_secret), body))}");
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode || !text.Contains("\"looks\":true", StringComparison.Ordinal))
            throw new InvalidOperationException($"The webhook was answered with {(int)answer.StatusCode}: {text}");
    }

    public void Dispose() => _http.Dispose();
}

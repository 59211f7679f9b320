using System.Text.Json;
using System.Text.Json.Nodes;
using Reconciler.Model;

namespace Reconciler.Documents.Expansion;

/// <summary>The notice of a site that has no command for it: a file that it looks for. As commands, so that all else is one and the same.</summary>
internal static class NoticeFile
{
    private const string Script = "umask 022 && printf '%s\\n' \"$1\" >\"$2.new\" && mv -f -- \"$2.new\" \"$2\"";

    /// <summary>Atomic: a reader sees the whole file or none. <c>{{startsAt}}</c> is filled in at the announcement.</summary>
    public static string Write(string path, DateTimeOffset? endsAt, string? message) =>
        Shell.Join("sh", "-c", Script, "sh", Content(endsAt, message), path);

    public static string Remove(string path) => Shell.Join("rm", "-f", "--", path);

    private static string Content(DateTimeOffset? endsAt, string? message) => new JsonObject
    {
        ["startsAt"] = "{{startsAt}}",
        ["endsAt"] = endsAt is { } end ? $"{end:yyyy-MM-ddTHH:mm:ssZ}" : null,
        ["message"] = message ?? "",
    }.ToJsonString(Plain);

    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reconciler.Rotating;

/// <summary>One who may administer a Django site.</summary>
/// <param name="LastLogin">Null for never.</param>
internal sealed record SiteAdmin(string Name, bool Active, DateTimeOffset? LastLogin);

/// <summary>What a site says of its admins; or why it could not be asked.</summary>
internal sealed record SiteAdmins(IReadOnlyList<SiteAdmin> All, string? Trouble)
{
    private static readonly TimeSpan Long = TimeSpan.FromDays(180);

    /// <summary>For a shell in the folder of manage.py; in transactions that cannot write.</summary>
    public const string Question = """
        export PGOPTIONS='-c default_transaction_read_only=on -c statement_timeout=10s'
        python manage.py shell -c '
        import json
        from django.contrib.auth import get_user_model
        from django.db.models import Q
        for one in get_user_model()._default_manager.filter(Q(is_superuser=True) | Q(is_staff=True)).order_by("pk"):
            print("admin " + json.dumps([one.get_username(), str(one.is_active), one.last_login.isoformat() if one.last_login else ""]))
        print("admins end")
        ' 2>&1

        """;

    /// <param name="trouble">Why nobody could be asked.</param>
    public static SiteAdmins Read(string? answer, string? trouble)
    {
        var lines = (answer ?? "").Split('\n');
        return lines.Contains("admins end")
            ? new([.. lines.Where(line => line.StartsWith("admin [", StringComparison.Ordinal)).Select(Of).OfType<SiteAdmin>()], null)
            : new([], trouble ?? "its manage.py shell gave no list");
    }

    /// <summary>A sentence; those who have not logged in for half a year before are told apart.</summary>
    public string Said(DateTimeOffset since) => Trouble is not null ? $"who they are could not be asked ({Trouble}), so ask the site"
        : All.Count == 0 ? "there are none"
        : string.Join(", ", All.Select(one => Shown(one.Name) + (IsIdle(one, since) ? $" (inactive: {Idle(one)})" : "")));

    private static bool IsIdle(SiteAdmin one, DateTimeOffset since) => !one.Active || one.LastLogin is null || since - one.LastLogin > Long;

    private static string Idle(SiteAdmin one) => !one.Active ? "locked already"
        : one.LastLogin is { } last ? $"last login {last.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}"
            : "never logged in";

    private static SiteAdmin? Of(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line["admin ".Length..], AdminJson.Default.StringArray) is [var name, var active, var last]
                ? new(name, active == "True", DateTimeOffset.TryParse(last, CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal, out var at) ? at : null)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Whoever registered chose it.
    private static string Shown(string name) => string.Concat(name.Take(60).Select(c => char.IsControl(c) ? '\uFFFD' : c));
}

[JsonSerializable(typeof(string[]))]
internal sealed partial class AdminJson : JsonSerializerContext;

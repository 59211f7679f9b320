using Reconciler.Documents.Kinds;

namespace Reconciler.Documents.Expansion;

/// <summary>Site configurations that come with the program; templates like any other.</summary>
internal static class Presets
{
    public static string Text(SitePreset preset, DesiredApplication application) => preset switch
    {
        SitePreset.Django => Django(
            application.Services.Value.Values.Where(service => service.Part == Part.Web).Select(service => service.Port).FirstOrDefault(port => port is not null) ?? 8000,
            application.Application.Value.Django?.Static, application.Application.Value.Notice is { Banner: true }),
        _ => throw new ArgumentOutOfRangeException(nameof(preset)),
    };

    private static string Django(int port, string? folder, bool notice) => $$$"""
        server {
            {{> cover}}
            listen 80;
            server_name {{domain}};
            client_max_body_size 100m;
        {{{(folder is null ? "" : $"    location /static/ {{ alias {folder}/; }}\n")}}}
            location / {
                proxy_pass http://127.0.0.1:{{{port}}};{{{(notice ? "\n        {{> notice}}" : "")}}}
                proxy_set_header Host $host;
                proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                proxy_set_header X-Forwarded-Proto $scheme;
            }
        }

        """;
}

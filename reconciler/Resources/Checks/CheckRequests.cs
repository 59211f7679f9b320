using Reconciler.Model;

namespace Reconciler.Resources.Checks;

/// <summary>The requests that one check stands for.</summary>
internal static class CheckRequests
{
    public static PageRequest? AtApplication(CheckSpec spec) => spec.ApplicationServer is null ? null
        : Of(spec, spec.ApplicationServer, "at the application server") with { Headers = spec.ApplicationHeaders };

    /// <summary>Also while the site is covered, where it has a cover.</summary>
    public static PageRequest? ThroughNginx(CheckSpec spec) => spec.Nginx is null ? null
        : Of(spec, spec.Nginx, "through nginx") with { Headers = spec.CheckToken is null ? [] : [new(Cover.CheckHeader, spec.CheckToken)] };

    public static PageRequest? AsUser(CheckSpec spec) => spec.Nginx is null ? null : Of(spec, spec.Nginx, "as users see it");

    /// <summary>What is asked every turn. A user's view is left out: it is the cover's business whether there is one.</summary>
    public static IReadOnlyList<PageRequest> All(CheckSpec spec) => [.. new[] { AtApplication(spec), ThroughNginx(spec) }.OfType<PageRequest>()];

    private static PageRequest Of(CheckSpec spec, PageTarget target, string where) =>
        new(target, spec.Path) { Status = spec.Status, BodyHolds = spec.Contains, Where = where };
}

using System.Globalization;
using Reconciler.Model;

namespace Reconciler.Importing;

/// <summary>How the front page answers now: a check that is wrong from the start would hold the first run.</summary>
internal static class FrontPage
{
    /// <returns>Null where it cannot be asked over TCP.</returns>
    public static Probe? Of(Findings found) => found.Port is { } port
        ? new Probe(PageScript.Probe([new PageRequest(new PageTarget("127.0.0.1", port, false,
        found.Domain ?? found.Request.Address), "/")]))
        : null;

    /// <returns>Null when there was no answer.</returns>
    public static int? StatusIn(string output) =>
        int.TryParse(PageAnswer.ReadAll(output, 1)[0].State, NumberStyles.None, CultureInfo.InvariantCulture,
            out var status) ? status : null;
}

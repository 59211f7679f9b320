using System.Globalization;
using FsCheck;

namespace Reconciler.Tests;

/// <summary>How much chance there is in a test: a little every day, more with <c>RECONCILER_FUZZ=100</c>, which is so many times as much.</summary>
internal static class Fuzz
{
    /// <summary>A failure says the seed, for <c>Replay</c>.</summary>
    /// <param name="everyDay">Number of tries.</param>
    public static Config Config(int everyDay) => FsCheck.Config.QuickThrowOnFailure.WithMaxTest(everyDay * Times);

    private static int Times =>
        int.TryParse(Environment.GetEnvironmentVariable("RECONCILER_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out var times) ? times : 1;
}

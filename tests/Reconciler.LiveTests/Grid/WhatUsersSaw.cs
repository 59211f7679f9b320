using System.Globalization;
using Reconciler.LiveTests.Deploys;

namespace Reconciler.LiveTests.Grid;

/// <summary>What a user who asks ten times a second may see: the old page, the maintenance page, the new page, in this order.</summary>
internal static class WhatUsersSaw
{
    private static readonly string[] Good = ["page 1", "cover", "page 7"];

    /// <param name="away">From which second on the server was cut off or without power, until it next gave a good answer; negative for never.</param>
    public static IEnumerable<string> Wrong(Seen seen, double away)
    {
        var (gone, back) = (false, false);
        var renewed = false;
        foreach (var line in seen.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var (second, answer) = (double.Parse(words[0].Split(' ')[0], CultureInfo.InvariantCulture), words[1]);
            if (Good.Contains(answer))
            {
                back |= gone;
                if (renewed && answer == "page 1")
                    yield return $"users saw the old page after the new one, at {second} s";
                renewed |= answer == "page 7";
            }
            else if (away >= 0 && second >= away - 1 && !back)
                gone = true;
            else
                yield return $"users saw \"{answer}\" {words[2]} at {second} s";
        }
    }
}

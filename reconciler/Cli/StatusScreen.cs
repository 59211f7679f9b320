using System.Text;
using Reconciler.Reporting;

namespace Reconciler.Cli;

/// <summary>
/// For a terminal, like watch(1): on the alternate screen, each line written over the one before and only its rest cleared, in one write,
/// so that nothing flickers. What was shown last is left on the usual screen.
/// </summary>
/// <param name="size">Columns and rows, as they are now.</param>
/// <param name="shown">Told of each report that a person has before the eyes.</param>
internal sealed class StatusScreen(TextWriter writer, Func<(int Width, int Height)> size, Action<StatusReport>? shown = null) : IStatusFace
{
    private const string Enter = "\e[?1049h\e[?25l";
    private const string Leave = "\e[?25h\e[?1049l";
    private const string Home = "\e[H";
    private const string RestOfLine = "\e[K";
    private const string RestOfScreen = "\e[J";

    private string? _last;
    private string _text = "";

    public void Show(StatusReport report, DateTimeOffset now)
    {
        Draw(StatusBlocks.TextOf(report, now, ages: true));
        shown?.Invoke(report);
    }

    public void Miss(string why, DateTimeOffset now) => Draw($"{Ages.Clock(now)}: {why}\n");

    public void Close()
    {
        if (_last is null)
            return;
        writer.Write(Leave + _text);
        writer.Flush();
    }

    private void Draw(string text)
    {
        _text = text;
        var (width, height) = size();
        var screen = Screen(text.TrimEnd('\n').Split('\n'), Math.Max(width, 1), Math.Max(height, 2));
        if (screen == _last)
            return;
        writer.Write((_last is null ? Enter : "") + screen);
        writer.Flush();
        _last = screen;
    }

    private static string Screen(string[] lines, int width, int height)
    {
        var fits = lines.Length < height;
        var kept = fits ? lines : [.. lines.Take(height - 2),
            $"({lines.Length - (height - 2)} more lines: `reconciler status` shows them)"];
        var screen = new StringBuilder(Home);
        foreach (var line in kept)
            screen.Append(Cut(line, width)).Append(RestOfLine).Append("\r\n");
        return screen.Append(RestOfScreen).ToString();
    }

    /// <summary>A line that went on in the next row would move all those below it.</summary>
    private static string Cut(string line, int width) =>
        line.Length <= width ? line : line[..(char.IsHighSurrogate(line[width - 1]) ? width - 1 : width)];
}

using System.Diagnostics;
using System.Text.RegularExpressions;
using Reconciler.Reporting;
using Reconciler.Reporting.Pages;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Reporting.Pages;

/// <summary>The page in a browser that people have: Debian's Chromium. It draws, it complains of nothing, and what servers say does
/// nothing.</summary>
public sealed class DriftPageInBrowserTests : IDisposable
{
    private const int Dark = 0, Light = 1;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <returns>What it wrote to stdout, and of stderr what the page was the cause of.</returns>
    private (string Output, IReadOnlyList<string> Complaints) Open(string page, int scheme, params string[] how)
    {
        if (!File.Exists("/usr/bin/chromium"))
            Assert.Skip("there is no chromium here");
        File.WriteAllText(_folder.In("page.html"), page);
        var start = new ProcessStartInfo("/usr/bin/chromium",
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--enable-logging=stderr",
            $"--user-data-dir={_folder.In("profile")}", $"--blink-settings=preferredColorScheme={scheme}", .. how,
                $"file://{_folder.In("page.html")}",
        ])
        { RedirectStandardOutput = true, RedirectStandardError = true };
        using var browser = Process.Start(start)!;
        var error = browser.StandardError.ReadToEndAsync();
        var output = browser.StandardOutput.ReadToEnd();
        browser.WaitForExit();
        browser.ExitCode.ShouldBe(0, error.Result);
        return (output, [.. error.Result.Split('\n').Where(line => line.Contains("CONSOLE") || line.Contains("Refused"))]);
    }

    private static string PageOf(DriftReport report) => DriftPage.Of([report], Drifts.Now);

    private Picture Drawn(DriftReport report, int scheme, int width)
    {
        var file = _folder.In("page.png");
        Open(PageOf(report), scheme, $"--screenshot={file}", $"--window-size={width},1200").Complaints.ShouldBeEmpty();
        return Picture.Read(file);
    }

    [Fact]
    public void It_is_drawn_light_and_dark_as_the_reader_has_it()
    {
        var light = Drawn(Drifts.Fleet, Light, 1280);
        var dark = Drawn(Drifts.Fleet, Dark, 1280);

        light[2, 2].ShouldBe((0xf5, 0xf6, 0xf8));
        dark[2, 2].ShouldBe((0x12, 0x16, 0x1c));
        foreach (var picture in new[] { light, dark })
            picture.Colours.ShouldBeGreaterThan(100, "the page is empty");
    }

    [Fact]
    public void What_servers_say_does_nothing_in_it()
    {
        var (document, complaints) = Open(PageOf(Drifts.Hostile), Light, "--dump-dom");

        complaints.ShouldBeEmpty();
        document.ShouldContain("&lt;script&gt;alert(1)");
        Regex.Matches(document, "<(script|img|iframe|form|svg|object|link)[ >]").ShouldBeEmpty();
        Regex.Count(document, "<style").ShouldBe(1);
    }

    [Fact]
    public void A_browser_would_complain_if_something_in_it_acted()
    {
        var page = PageOf(Drifts.Clean).Replace("<main>", "<main><script>alert(1)</script><b style=\"color: red\">x</b>");

        Open(page, Light, "--dump-dom").Complaints.Count.ShouldBeGreaterThan(1);
    }
}

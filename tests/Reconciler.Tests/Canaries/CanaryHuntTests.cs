using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Web;

namespace Reconciler.Tests.Canaries;

public sealed class CanaryHuntTests : IDisposable
{
    private const string Plain = "canary-plain-4c1e";
    private const string Odd = "canary 'q\" $(id)\\ a/b+é&%=<>`~";
    private static readonly CanaryHunt Hunt = new([new("the plain one", Plain), new("the odd one", Odd)]);
    private readonly string _folder = Directory.CreateTempSubdirectory("reconciler-canaries-").FullName;

    /// <summary>As other programs than the searcher's own forms write them down.</summary>
    public static TheoryData<string, string, byte[]> Written()
    {
        var data = new TheoryData<string, string, byte[]>();
        foreach (var value in new[] { Plain, Odd })
        {
            var bytes = Encoding.UTF8.GetBytes(value);
            data.Add(value, "plain", bytes);
            data.Add(value, "hex", [.. Encoding.ASCII.GetBytes(Convert.ToHexString(bytes))]);
            data.Add(value, "hex", [.. Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes))]);
            data.Add(value, "UTF-16 LE", Encoding.Unicode.GetBytes(value));
            data.Add(value, "UTF-16 BE", Encoding.BigEndianUnicode.GetBytes(value));
            foreach (var around in new[] { "", "a", "ab", "abc" })
            {
                byte[] text = [.. Encoding.ASCII.GetBytes(around), .. bytes, .. Encoding.ASCII.GetBytes(around)];
                data.Add(value, "base64", Encoding.ASCII.GetBytes(Convert.ToBase64String(text)));
                data.Add(value, "base64", Encoding.ASCII.GetBytes(System.Buffers.Text.Base64Url.EncodeToString(text)));
            }
        }
        void AddOdd(string encoding, string text) => data.Add(Odd, encoding, Encoding.UTF8.GetBytes(text));
        data.Add(Plain, "URL", [.. "canary%2Dplain%2D4c1e"u8]);
        AddOdd("JSON", System.Text.Json.JsonSerializer.Serialize(Odd));
        AddOdd("JSON", """canary 'q\" $(id)\\ a\/b+\u00e9&%=<>`~""");
        AddOdd("URL", Uri.EscapeDataString(Odd));
        AddOdd("URL", HttpUtility.UrlEncode(Odd));
        AddOdd("URL", HttpUtility.UrlEncode(Odd).ToUpperInvariant().Replace("CANARY", "canary").Replace("Q", "q").Replace("ID", "id").Replace("A%2FB", "a%2Fb"));
        AddOdd("shell", $"'{Odd.Replace("'", "'\\''")}'");
        AddOdd("shell", $"'{Odd.Replace("'", "'\"'\"'")}'");
        AddOdd("shell", "\"canary 'q\\\" \\$(id)\\\\ a/b+é&%=<>\\`~\"");
        AddOdd("shell", Printed("printf", "%q", Odd));
        return data;
    }

    [Theory]
    [MemberData(nameof(Written))]
    public void Each_encoding_is_found_with_its_file_and_offset(string value, string encoding, byte[] written)
    {
        var file = Path.Combine(_folder, "log");
        // Across the border between two pieces that are read.
        File.WriteAllBytes(file, [.. new byte[(1 << 16) - 5], .. written, 0xff, .. "\n"u8]);
        var findings = Hunt.InFolder(_folder);
        findings.ShouldNotBeEmpty();
        findings.ShouldAllBe(found => found.Where == file && found.Canary == (value == Plain ? "the plain one" : "the odd one"));
        findings.ShouldContain(found => found.Encoding.StartsWith(encoding) && found.Offset >= (1 << 16) - 5 && found.Offset <= (1 << 16),
            string.Join('\n', findings));
    }

    [Fact]
    public void Nothing_is_found_in_clean_data()
    {
        var noise = new byte[3 << 20];
        new Random(5).NextBytes(noise);
        File.WriteAllBytes(Path.Combine(_folder, "noise"), noise);
        File.WriteAllText(Path.Combine(_folder, "near"), Plain[..^1] + "f" + Odd[..^1] + Convert.ToBase64String(Encoding.UTF8.GetBytes(Plain[..^2] + "xx")));
        Hunt.InFolder(_folder).ShouldBeEmpty();
    }

    [Fact]
    public void What_is_compressed_or_in_git_is_found()
    {
        using (var packed = new GZipStream(File.Create(Path.Combine(_folder, "rotated.gz")), CompressionLevel.Optimal))
            packed.Write(Encoding.UTF8.GetBytes("0123456789" + Odd));
        Printed("git", "init", "--quiet", _folder);
        File.WriteAllText(Path.Combine(_folder, "note"), Plain);
        Printed("git", "-C", _folder, "hash-object", "-w", "note");
        File.Delete(Path.Combine(_folder, "note"));
        var loose = Hunt.InFolder(_folder);
        loose.ShouldContain(new CanaryFinding($"{_folder}/rotated.gz (gzip)", 10, "plain", "the odd one"));
        loose.ShouldContain(found => found.Where.EndsWith("(zlib)") && found.Canary == "the plain one");

        Printed("bash", "-c", $"cd {_folder} && git cat-file --batch-all-objects --batch-check='%(objectname)' | git pack-objects -q .git/objects/pack/pack && git prune-packed");
        var found = Hunt.InFolder(_folder);
        found.ShouldNotContain(each => each.Where.EndsWith("(zlib)"));
        found.ShouldContain(each => each.Where == $"{_folder}/.git (git objects)" && each.Canary == "the plain one");
    }

    [Fact]
    public void What_somebody_holds_locked_is_searched_too()
    {
        var file = Path.Combine(_folder, "lock");
        File.WriteAllText(file, Plain);
        using var held = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Hunt.InFolder(_folder).ShouldHaveSingleItem().Where.ShouldBe(file);
    }

    [Fact]
    public void What_is_excepted_or_older_is_left_out_and_pipes_are_not_waited_for()
    {
        File.WriteAllText(Path.Combine(_folder, "secrets"), Plain);
        Printed("mkfifo", Path.Combine(_folder, "pipe"));
        Hunt.InFolder(_folder, file => file.EndsWith("/secrets")).ShouldBeEmpty();
        Hunt.InFolder(_folder, newerThan: Path.Combine(_folder, "secrets")).ShouldBeEmpty();
        Hunt.InFolder(_folder).Select(found => found.ToString()).ShouldBe([$"{_folder}/secrets: the plain one at byte 0, plain"]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Printed(string program, params string[] arguments)
    {
        // printf is asked of bash, whose %q is meant.
        var start = program == "printf"
            ? new ProcessStartInfo("bash", ["-c", "printf \"$@\"", "bash", .. arguments])
            : new ProcessStartInfo(program, arguments);
        start.RedirectStandardOutput = true;
        using var running = Process.Start(start)!;
        var text = running.StandardOutput.ReadToEnd();
        running.WaitForExit();
        return text;
    }
}

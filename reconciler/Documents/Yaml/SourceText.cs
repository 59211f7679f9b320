using System.Text;
using Reconciler.Model;

namespace Reconciler.Documents.Yaml;

/// <summary>Bytes of a file to text, refusing what a reviewer would not see: bad UTF-8, NUL, controls, zero-width and bidirectional characters.</summary>
internal static class SourceText
{
    public const int LargestBytes = 1024 * 1024;

    /// <summary>Faults of one kind are reported once per file: a binary file would drown the others.</summary>
    /// <param name="tabs">Whether tabs are allowed: in templates, not in YAML.</param>
    /// <returns>Null when it was refused.</returns>
    public static string? Read(string file, ReadOnlySpan<byte> bytes, bool tabs, ICollection<Diagnostic> diagnostics)
    {
        if (bytes.Length > LargestBytes)
        {
            diagnostics.Add(Diagnostic.Error("file-too-large", Place.Of(file), $"the file has {bytes.Length} bytes",
                $"at most {LargestBytes} (1 MB) are allowed"));
            return null;
        }
        if (bytes.StartsWith("\uFEFF"u8))
            bytes = bytes[3..];
        return Decode(file, bytes, tabs, diagnostics);
    }

    private static string? Decode(string file, ReadOnlySpan<byte> bytes, bool tabs, ICollection<Diagnostic> diagnostics)
    {
        var text = new StringBuilder(bytes.Length);
        var (line, column) = (1, 1);
        var found = new HashSet<string>();
        while (!bytes.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(bytes, out var rune, out var consumed);
            var fault = status == System.Buffers.OperationStatus.Done
                ? FaultOf(rune, tabs)
                : ("bad-utf8", $"the byte 0x{bytes[0]:X2} is not UTF-8", "save the file as UTF-8");
            if (fault is { } what && found.Add(what.Code))
                diagnostics.Add(Diagnostic.Error(what.Code, new Place(file, line, column), what.What, what.Fix));
            text.Append(rune.ToString());
            bytes = bytes[consumed..];
            (line, column) = rune.Value == '\n' ? (line + 1, 1) : (line, column + rune.Utf16SequenceLength);
        }
        return found.Count == 0 ? text.ToString() : null;
    }

    private static (string Code, string What, string Fix)? FaultOf(Rune rune, bool tabs) => rune.Value switch
    {
        '\n' => null,
        '\r' => ("carriage-return", "a carriage return", "end lines with a line feed alone"),
        '\t' when tabs => null,
        '\t' => ("tab", "a tab", "indent with spaces; within double quotes write \\t"),
        0 => ("nul", "a NUL character", "remove it"),
        < 0x20 or (>= 0x7F and <= 0x9F) => ("control-character", $"the control character {Shown.Character(rune)}", "remove it"),
        0x61C or (>= 0x200E and <= 0x200F) or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) =>
            ("bidi-character", $"the bidirectional character {Shown.Character(rune)}, which shows text in another order than it has",
                "remove it"),
        0xAD or (>= 0x200B and <= 0x200D) or 0x2028 or 0x2029 or (>= 0x2060 and <= 0x2064) or 0xFEFF or 0x180E
            or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0000 and <= 0xE0FFF) =>
            ("invisible-character", $"the invisible character {Shown.Character(rune)}", "remove it"),
        _ => null,
    };
}

using System.Text;

namespace Reconciler.Model;

/// <summary>Quoting, in one place. POSIX sh, XCU 2.2.2: between single quotes every character but the single quote is literal.</summary>
internal static class Shell
{
    private static readonly System.Buffers.SearchValues<char> Plain =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@,+%");

    /// <summary>One word that the shell reads back as exactly <paramref name="text"/>.</summary>
    /// <exception cref="ArgumentException">The text holds NUL, which no shell word can.</exception>
    public static string Quote(string text)
    {
        if (text.Contains('\0'))
            throw new ArgumentException("A shell word cannot hold NUL.", nameof(text));
        return text.Length > 0 && !text.AsSpan().ContainsAnyExcept(Plain) ? text : $"'{text.Replace("'", "'\\''")}'";
    }

    /// <summary>Words joined into a command line.</summary>
    public static string Join(params IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    /// <summary>
    /// Splits a command of the desired state into words, by the quoting rules of sh and with nothing expanded, so that it can run without a shell.
    /// </summary>
    /// <exception cref="FormatException">A quote is not closed.</exception>
    public static IReadOnlyList<string> Split(string command)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var inWord = false;
        for (var i = 0; i < command.Length; i++)
        {
            var c = command[i];
            if (c is ' ' or '\t' or '\n')
            {
                if (inWord)
                    words.Add(word.ToString());
                word.Clear();
                inWord = false;
                continue;
            }
            inWord = true;
            if (c == '\'')
            {
                var end = command.IndexOf('\'', i + 1);
                if (end < 0)
                    throw new FormatException("a single quote is not closed");
                word.Append(command, i + 1, end - i - 1);
                i = end;
            }
            else if (c == '"')
                i = ReadDoubleQuoted(command, i, word);
            else if (c == '\\' && i + 1 < command.Length)
                word.Append(command[++i]);
            else
                word.Append(c);
        }
        if (inWord)
            words.Add(word.ToString());
        return words;
    }

    private static int ReadDoubleQuoted(string command, int start, StringBuilder word)
    {
        for (var i = start + 1; i < command.Length; i++)
        {
            if (command[i] == '"')
                return i;
            if (command[i] == '\\' && i + 1 < command.Length && command[i + 1] is '"' or '\\' or '$' or '`')
                i++;
            word.Append(command[i]);
        }
        throw new FormatException("a double quote is not closed");
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Remote;

/// <summary>
/// The little loop that answers on the server, and its framing. A plain <c>sh</c> fed with scripts reads ahead in blocks and would swallow
/// payloads; <c>read</c> takes single bytes from a pipe and <c>head -c</c> never more than it was told to.
/// <para>Request: <c>MARKER SCRIPT-LENGTH PAYLOAD-LENGTH\n</c>, script, payload; with <c>keep</c> at the end of the line the script is kept in the shell, and
/// <c>MARKER 0 0 again\n</c> runs it once more. Reply: <c>\nMARKER begin\n</c>, output, <c>\nMARKER end CODE\n</c>.</para>
/// </summary>
internal static class RemoteLoop
{
    // One line and no single quote inside: the login shell, whatever it is, has to read it. The token is $0: it says which process is ours.
    private const string Loop =
        """printf "\n%s ready %s\n" "$0" "$$"; while read -r m n p k; do if [ "$k" = again ]; then s=$f; else s=$(head -c "$n"); fi; """ +
        """[ "$k" != keep ] || f=$s; printf "\n%s begin\n" "$m"; """ +
        """if [ "$p" = 0 ]; then ( eval "$s" ) </dev/null; """ +
        """else head -c "$p" | { ( eval "$s" ); r=$?; cat >/dev/null; exit "$r"; }; fi; """ +
        """printf "\n%s end %s\n" "$m" "$?"; done""";

    /// <summary>128 random bits: nothing that a server prints can hold it by accident or by guess.</summary>
    public static string NewMarker() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>The command for ssh to run.</summary>
    public static string Command(string token) => $"exec sh -c '{Loop}' {token}";

    public static byte[] Ready(string token) => Encoding.ASCII.GetBytes($"\n{token} ready ");

    public static byte[] Begin(string marker) => Encoding.ASCII.GetBytes($"\n{marker} begin\n");

    public static byte[] End(string marker) => Encoding.ASCII.GetBytes($"\n{marker} end ");

    public static byte[] NewLine { get; } = "\n"u8.ToArray();

    /// <param name="keep">The script is kept for <see cref="Again"/>.</param>
    public static byte[] Request(string marker, byte[] script, long payloadLength, bool keep = false) =>
        [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{marker} {script.Length} {payloadLength}{(keep ? " keep" : "")}\n")), .. script];

    /// <summary>The script that was kept last.</summary>
    public static byte[] Again(string marker) => Encoding.ASCII.GetBytes($"{marker} 0 0 again\n");

    /// <summary>
    /// Ends what an abandoned session may have left running: its process group, if its leader still carries the token. Root's processes (the
    /// runner) cannot be reached by it, and steps run in groups of their own.
    /// </summary>
    public static string EndLeftover(long processId, string token) =>
        $"grep -q {token} /proc/{processId}/cmdline 2>/dev/null && kill -s KILL -- -{processId} 2>/dev/null; :";
}

using System.IO.Compression;
using System.Text;

namespace Reconciler.Remote;

/// <summary>
/// A script that open sessions keep (<see cref="ShellRequest.Kept"/>). It is told from others by itself, and its text, which is only sent again on another
/// connection, lies packed: there is one for each server.
/// </summary>
internal sealed class KeptScript
{
    private readonly byte[] _packed;

    public KeptScript(string text)
    {
        using var packed = new MemoryStream();
        using (var packing = new DeflateStream(packed, CompressionLevel.Fastest))
            packing.Write(Encoding.UTF8.GetBytes(text));
        _packed = packed.ToArray();
    }

    public string Text
    {
        get
        {
            using var reader = new StreamReader(new DeflateStream(new MemoryStream(_packed), CompressionMode.Decompress), Encoding.UTF8);
            return reader.ReadToEnd();
        }
    }
}

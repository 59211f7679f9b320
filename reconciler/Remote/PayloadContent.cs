using System.Text;

namespace Reconciler.Remote;

/// <summary>Bytes to send, with their exact number, which goes ahead of them.</summary>
internal sealed record PayloadContent(Stream Stream, long Length) : IAsyncDisposable
{
    public static PayloadContent Of(ReadOnlyMemory<byte> bytes) => new(new MemoryStream(bytes.ToArray(), writable: false), bytes.Length);

    public static PayloadContent Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}

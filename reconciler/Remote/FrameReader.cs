namespace Reconciler.Remote;

/// <summary>Finds markers in a stream of arbitrary bytes without ever holding more than one buffer of it.</summary>
internal sealed class FrameReader(Stream stream)
{
    private readonly byte[] buffer = new byte[64 * 1024];
    private int start;
    private int end;

    /// <summary>Called after each arrival of bytes.</summary>
    public Action? Arrived { get; set; }

    /// <summary>Reads up to and including the marker; what stands before it goes to the sink (null: thrown away).</summary>
    /// <exception cref="EndOfStreamException">The stream ended first. What there was has gone to the sink.</exception>
    public async Task ReadToAsync(ReadOnlyMemory<byte> marker, CappedBytes? sink, CancellationToken cancellation)
    {
        while (true)
        {
            var at = buffer.AsSpan(start, end - start).IndexOf(marker.Span);
            var before = at >= 0 ? at : Math.Max(0, end - start - (marker.Length - 1));
            sink?.Append(buffer.AsSpan(start, before));
            start += before;
            if (at >= 0)
            {
                start += marker.Length;
                return;
            }
            if (!await FillAsync(sink, cancellation))
                throw new EndOfStreamException();
        }
    }

    // What is held back as a possible beginning of the marker is output after all when nothing more comes.
    private async Task<bool> FillAsync(CappedBytes? sink, CancellationToken cancellation)
    {
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        (start, end) = (0, end - start);
        var count = 0;
        try
        {
            count = await stream.ReadAsync(buffer.AsMemory(end), cancellation);
        }
        finally
        {
            if (count == 0)
                sink?.Append(buffer.AsSpan(start, end - start));
        }
        end += count;
        Arrived?.Invoke();
        return count > 0;
    }
}

namespace Reconciler.Remote;

/// <summary>Keeps the first bytes up to a cap, and notes that there were more.</summary>
internal sealed class CappedBytes(int cap)
{
    private byte[] kept = [];
    private int length;

    public bool Truncated { get; private set; }

    public ReadOnlyMemory<byte> Bytes => kept.AsMemory(0, length);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        var count = Math.Min(cap - length, bytes.Length);
        Truncated |= count < bytes.Length;
        if (length + count > kept.Length)
            Array.Resize(ref kept, Math.Min(cap, Math.Max(length + count, 2 * kept.Length)));
        bytes[..count].CopyTo(kept.AsSpan(length));
        length += count;
    }
}

using System.Buffers.Binary;
using System.IO.Compression;

namespace Reconciler.Tests.Reporting.Pages;

/// <summary>A screenshot: PNG of eight bits, red, green and blue with or without alpha, not interlaced (as Chromium writes it).</summary>
internal sealed class Picture
{
    private readonly byte[] _pixels;
    private readonly int _width, _depth;

    private Picture(byte[] pixels, int width, int depth) => (_pixels, _width, _depth) = (pixels, width, depth);

    public (int Red, int Green, int Blue) this[int x, int y]
    {
        get
        {
            var at = ((y * _width) + x) * _depth;
            return (_pixels[at], _pixels[at + 1], _pixels[at + 2]);
        }
    }

    public int Colours => Enumerable.Range(0, _pixels.Length / _depth).Select(pixel => (_pixels[pixel * _depth],
        _pixels[(pixel * _depth) + 1],
        _pixels[(pixel * _depth) + 2])).Distinct().Count();

    public static Picture Read(string file)
    {
        var bytes = File.ReadAllBytes(file);
        using var data = new MemoryStream();
        var (width, height, depth) = (0, 0, 0);
        for (var at = 8; at < bytes.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
            var type = System.Text.Encoding.ASCII.GetString(bytes, at + 4, 4);
            if (type == "IHDR")
                (width, height, depth) = (BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + 8)),
                    BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + 12)),
                    bytes[at + 17] == 6 ? 4 : 3);
            if (type == "IDAT")
                data.Write(bytes, at + 8, length);
            at += length + 12;
        }
        data.Position = 0;
        using var inflated = new ZLibStream(data, CompressionMode.Decompress);
        var raw = new byte[height * ((width * depth) + 1)];
        inflated.ReadExactly(raw);
        return new(Unfiltered(raw, width * depth, height, depth), width, depth);
    }

    /// <summary>PNG (RFC 2083, section 6): each row begins with how it was filtered.</summary>
    private static byte[] Unfiltered(byte[] raw, int row, int height, int depth)
    {
        var pixels = new byte[row * height];
        for (var y = 0; y < height; y++)
            for (var x = 0; x < row; x++)
            {
                int left = x < depth ? 0 : pixels[(y * row) + x - depth], up = y == 0 ? 0 : pixels[((y - 1) * row) + x];
                int corner = x < depth || y == 0 ? 0 : pixels[((y - 1) * row) + x - depth];
                pixels[(y * row) + x] = (byte)(raw[(y * (row + 1)) + 1 + x] + (raw[y * (row + 1)] switch
                {
                    1 => left,
                    2 => up,
                    3 => (left + up) / 2,
                    4 => Paeth(left, up, corner),
                    _ => 0,
                }));
            }
        return pixels;
    }

    private static int Paeth(int left, int up, int corner)
    {
        var (a, b, c) = (Math.Abs(up - corner), Math.Abs(left - corner), Math.Abs(left + up - (2 * corner)));
        return a <= b && a <= c ? left : b <= c ? up : corner;
    }
}

using System.Text;

namespace Reconciler.Git;

/// <summary>Reads a stderr to its end and keeps the last part, which can be had at any time.</summary>
internal sealed class ErrorTail
{
    private const int Most = 16_000;

    private readonly Lock _turn = new();
    private readonly StringBuilder _kept = new();

    public string Text
    {
        get
        {
            lock (_turn)
                return _kept.ToString();
        }
    }

    public async Task ReadAsync(Stream stderr, CancellationToken cancel)
    {
        var buffer = new byte[4096];
        while (await stderr.ReadAsync(buffer, cancel) is > 0 and var read)
        {
            lock (_turn)
            {
                _kept.Append(Encoding.UTF8.GetString(buffer, 0, read));
                if (_kept.Length > Most)
                    _kept.Remove(0, _kept.Length - Most / 2);
            }
        }
    }
}

namespace Reconciler.Notifying;

/// <summary>One way to people.</summary>
internal interface INoticeChannel
{
    /// <exception cref="NoticeException"/>
    Task SendAsync(Notice notice, CancellationToken cancellation);

    /// <summary>That a notice could be sent, as far as it shows without sending one.</summary>
    /// <exception cref="NoticeException"/>
    void Check();
}

/// <summary>A notice could not be sent; the message says why, and never holds the address, which is a secret.</summary>
/// <param name="isPassing">Worth another try.</param>
internal sealed class NoticeException(string message, bool isPassing, Exception? inner = null) : Exception(message, inner)
{
    public bool IsPassing => isPassing;
}

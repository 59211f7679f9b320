namespace Reconciler.Remote;

/// <summary>
/// The sessions that have a connection, in the order in which they were last used: each is an ssh process with some 3 MB of its own, so beyond a number the
/// one that was not used for longest is closed, and opened anew when it is asked again. One in use is never closed.
/// </summary>
internal sealed class OpenSessions(int most)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<SshServerSession> _order = new();
    private readonly Dictionary<SshServerSession, LinkedListNode<SshServerSession>> _nodes = [];

    public int Count
    {
        get
        {
            lock (_gate)
                return _nodes.Count;
        }
    }

    /// <summary>It has a connection and is in use.</summary>
    public void Used(SshServerSession session)
    {
        lock (_gate)
        {
            if (_nodes.TryGetValue(session, out var node))
                _order.Remove(node);
            else
                node = _nodes[session] = new(session);
            _order.AddLast(node);
            for (var oldest = _order.First; _nodes.Count > most && oldest is not null;)
            {
                var next = oldest.Next;
                if (oldest.Value.TryClose())
                    Remove(oldest.Value);
                oldest = next;
            }
        }
    }

    public void Closed(SshServerSession session)
    {
        lock (_gate)
            Remove(session);
    }

    private void Remove(SshServerSession session)
    {
        if (_nodes.Remove(session, out var node))
            _order.Remove(node);
    }
}

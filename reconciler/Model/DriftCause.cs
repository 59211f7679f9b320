namespace Reconciler.Model;

/// <summary>Why a server is not as git says (Puppet's words).</summary>
internal enum DriftCause
{
    /// <summary>Git moved, and the server was not brought there yet.</summary>
    Intentional,

    /// <summary>The server moved while git did not.</summary>
    Corrective,

    /// <summary>The server moved, and so did git: what a hand left there is not what git said before, nor what it says now.</summary>
    Both,
}

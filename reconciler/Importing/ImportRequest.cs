namespace Reconciler.Importing;

/// <summary>What is to be imported, and as what: what no look at the server could tell.</summary>
/// <param name="Environment">Its folder in the documents.</param>
/// <param name="Application">Its folder there.</param>
/// <param name="Server">Its name in servers.yaml.</param>
/// <param name="HostKey"><c>TYPE BASE64</c>; null when the controller's known_hosts has it.</param>
internal sealed record ImportRequest(string Environment, string Application, string Server, string Address, string? HostKey)
{
    public int Port { get; init; } = 22;

    /// <summary>The controller's login on the server.</summary>
    public string Login { get; init; } = "reconciler";

    /// <summary>Where its code is checked out; needed only where several applications share a server.</summary>
    public string? Path { get; init; }

    /// <summary>Whose processes it has; needed only where several users' applications share a server.</summary>
    public string? User { get; init; }
}

/// <summary>
/// The server has too little, or too much, for documents to be written; the message says which and what would help.
/// </summary>
internal sealed class ImportException(string message) : Exception(message);

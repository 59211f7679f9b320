namespace Reconciler.Model;

/// <summary>
/// Something on a server that git does not speak of, found beside what it does speak of: reported, never touched, and no difference,
/// since git says nothing that it could differ from.
/// </summary>
/// <param name="Resource">Beside which it was found.</param>
/// <param name="What">A path, or <c>process 4711</c>: on one server, one thing.</param>
/// <param name="Sentence">For a person who does not know the tool; never holds a secret.</param>
internal sealed record Unmanaged(ResourceId Resource, string What, string Sentence)
{
    /// <summary>It may change what users get: said first, and with its sentence.</summary>
    public bool Loud { get; init; }

    /// <summary>By the server's clock; null when that is not known.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>What a person could do about it.</summary>
    public required string Advice { get; init; }
}

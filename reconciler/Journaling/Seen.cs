using System.Text.Json.Serialization;
using Reconciler.Model;

namespace Reconciler.Journaling;

/// <summary>What the looks at one resource came to, up to the last one that could see it.</summary>
/// <param name="Wanted">Digest of what git said of it then.</param>
/// <param name="Marker">The change marker of what was seen; null where the kind has none, or it was absent.</param>
/// <param name="SyncedAt">The last look that found it as git said and took nothing from memory; null when none ever did.</param>
/// <param name="SyncedWanted">Digest of what git said then.</param>
/// <param name="DiffersSince">The first look since then that found it different; null when it is as git says.</param>
/// <param name="Cause">Of the difference; null when there is none.</param>
internal sealed record SeenResource(
    ResourceId Resource, string Wanted, string? Marker, DateTimeOffset SeenAt,
    DateTimeOffset? SyncedAt, string? SyncedWanted, DateTimeOffset? DiffersSince, DriftCause? Cause)
{
    /// <summary>What differs, for people; null when nothing does.</summary>
    public string? Sentence { get; init; }
}

/// <summary>A difference that is no more.</summary>
/// <param name="Sentence">What differed, as last seen; null where an earlier version saw it.</param>
/// <param name="Since">The first look that saw it.</param>
/// <param name="Until">The first look that did not.</param>
/// <param name="How">What ended it, a few words.</param>
internal sealed record EndedDrift(
    ResourceId Resource, string? Sentence, DriftCause Cause, DateTimeOffset Since, DateTimeOffset Until, string How);

/// <summary>A server as git declared it at the last look, and whether it answered.</summary>
/// <param name="VerifiedAt">The last look that it answered; null when it never did.</param>
/// <param name="Trouble">Why it did not answer the last one; null when it did.</param>
internal sealed record SeenServer(
    string Environment, string Server, string Address, IReadOnlyList<string> Roles, DateTimeOffset LookedAt, DateTimeOffset? VerifiedAt,
    string? Trouble)
{
    /// <summary>What runs on it, as last seen; null where nobody looked: git names no package for it.</summary>
    public ServerSoftware? Software { get; init; }
}

/// <summary>What a ledger keeps as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ServerSoftware))]
internal sealed partial class SeenJson : JsonSerializerContext;

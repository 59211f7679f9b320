namespace Reconciler.Model;

/// <summary>One managed thing on one server: <c>web1/coralnet/SecretsFile/settings</c>.</summary>
/// <param name="Application">The application that it belongs to, or <see cref="Host"/> for what belongs to the server itself.</param>
/// <param name="Kind">Name of the resource kind: the folder under <c>Resources/</c>.</param>
internal sealed record ResourceId(string Server, string Application, string Kind, string Name)
{
    /// <summary>The reserved application name for what belongs to servers themselves.</summary>
    public const string Host = "host";

    /// <summary>
    /// The name of this resource's change marker in what is noted at a start. Unique on one server: two applications may each have a secrets
    /// file <c>settings</c>, and a service may read both.
    /// </summary>
    public string MarkerKey => $"{Application}/{Kind}/{Name}";

    /// <summary>How a person says yes to its being replaced: an acknowledgement is for a commit, and servers have none.</summary>
    public string YesToDrift => Application == Host ? "or mend it once with `--heal`" : "or acknowledge drift";

    public override string ToString() => $"{Server}/{Application}/{Kind}/{Name}";
}

/// <summary>What is wanted of one resource. Each resource kind has its own record; equality is by value, for digests.</summary>
internal abstract record ResourceSpec
{
    /// <summary>Servers that it passes requests on to by name, and can leave out: methods, for a property would be part of the digest.</summary>
    public virtual IReadOnlySet<string> PassesOnTo() => new HashSet<string>();

    /// <summary>The same with these servers, and no others, left out of what it passes on to.</summary>
    public virtual ResourceSpec LeavingOut(IReadOnlySet<string> servers) => this;
}

/// <summary>A resource as expanded from the documents.</summary>
/// <param name="Origin">The document line that a person would change.</param>
internal sealed record Resource(ResourceId Id, ResourceSpec Spec, Place Origin)
{
    /// <summary>Resources on the same server whose change marker this one compares with: what a process has read when it started.</summary>
    public IReadOnlyList<ResourceId> Reads { get; init; } = [];

    /// <summary>Where its content comes from, for people: <c>aws:prod/site (version 4f3c2b1a)</c>; null where nothing more is to be said.</summary>
    public string? Provenance { get; init; }

    /// <summary>Where single variables of it are written, by name; with an empty name, where all of them are.</summary>
    public IReadOnlyDictionary<string, Place> Places { get; init; } = new Dictionary<string, Place>();

    /// <summary>
    /// Of a site, the first on its server: it stands in front of web services of its application on other servers, and there is none beside it. A
    /// matter of how and not of what, so it is no part of the spec.
    /// </summary>
    public bool IsBalancer { get; init; }

    /// <summary>
    /// It was brought about once, though its server does not say so: elsewhere, or by a person. Why, in a few words. A matter of what was, so it is no part
    /// of the spec.
    /// </summary>
    public string? DoneBecause { get; init; }

    /// <summary>A run that broke off has replaced it, and the copy of what was there before lies on the server still. No part of the spec.</summary>
    public bool LeftCopy { get; init; }

    /// <summary>
    /// Resources on the same server that this one takes in at its start besides: what changes them has it start again, but having started
    /// before they changed is no difference.
    /// </summary>
    public IReadOnlyList<ResourceId> Loads { get; init; } = [];
}

/// <summary>What was seen of one resource. Its record is the resource kind's own.</summary>
/// <param name="Marker">
/// Opaque digest of the content that others may have read (a commit, a virtualenv's digest, the keyed hash of a secrets file); null when nobody reads it.
/// </param>
internal abstract record ResourceFacts(string? Marker)
{
    /// <summary>Health, apart from sync: a sentence saying what does not work ("answers 500"), or null.</summary>
    public virtual string? Ailment => null;

    /// <summary>Servers that it was seen to leave out of what it passes on to.</summary>
    public virtual IReadOnlyList<string> LeavesOut => [];

    /// <summary>Somebody else changed it since we placed it.</summary>
    public virtual bool EditedByHand => false;
}

/// <summary>What a probe's answer means. <see cref="Absent"/> and <see cref="Unknown"/> are different, and what is unknown is never treated as missing.</summary>
internal abstract record Observation
{
    /// <summary>Seen, and it is not there.</summary>
    public sealed record Absent : Observation;

    /// <summary>Could not be seen: <paramref name="Why"/> is a sentence for a person.</summary>
    public sealed record Unknown(string Why) : Observation;

    public sealed record Found(ResourceFacts Facts) : Observation;

    /// <summary>The facts, or null when absent or unknown.</summary>
    public TFacts? FactsOf<TFacts>() where TFacts : ResourceFacts => this is Found found ? (TFacts)found.Facts : null;
}

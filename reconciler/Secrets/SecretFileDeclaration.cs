using Reconciler.Model;

namespace Reconciler.Secrets;

internal enum SecretFormat
{
    Json,
    Dotenv,
    Python,
    Raw,
    Template,
}

/// <summary>A secrets file as the documents declare it.</summary>
/// <param name="Keys">The keys that it must have; none for <see cref="SecretFormat.Raw"/>.</param>
internal sealed record SecretFileDeclaration(SecretFileReference Reference, SecretFormat Format, IReadOnlyDictionary<string, SecretKeyDeclaration> Keys)
{
    /// <summary><c>SCHEME:NAME</c> or <c>SCHEME:NAME#KEY</c>; null when every key has a source of its own.</summary>
    public string? From { get; init; }

    public string? Version { get; init; }

    /// <summary>
    /// For <see cref="SecretFormat.Template"/>: makes the text from the values by key. Pure; what it throws is not shown, for it might hold a value.
    /// </summary>
    public Func<IReadOnlyDictionary<string, string>, string>? Template { get; init; }
}

/// <param name="From">A source of its own; without <c>#KEY</c>, all that stands there is the value. Null: the file's source.</param>
/// <param name="Version">Of that source of its own.</param>
internal sealed record SecretKeyDeclaration(string? From = null, string? Version = null);

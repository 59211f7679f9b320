using System.ComponentModel;
using System.Text.Json.Serialization;
using Reconciler.Documents.Contracts;

namespace Reconciler.Documents.Kinds;

/// <summary>One entry of <c>secrets.yaml</c>: the base says what the file needs, the environment where it comes from.</summary>
internal sealed record SecretFileEntry
{
    [Description("The file, relative to the application's path; absolute for host.")]
    [Form(Form.AnyPath), Templated]
    public required string Path { get; init; }

    [Description("json: one object; dotenv: KEY='value'; python: KEY = 'value'; raw: the value alone; template: any file with {{secrets.KEY}}.")]
    public required SecretFormat Format { get; init; }

    [Description("The keys that the file needs; none for raw.")]
    [Keys(Form.SecretKey)]
    public IReadOnlyDictionary<string, SecretKeyEntry> Keys { get; init; } = new Dictionary<string, SecretKeyEntry>();

    [Description("Where the values are, a JSON object with the declared keys, or for raw the value: aws:NAME or aws:ARN (AWS Secrets Manager), "
        + "age:FILE (encrypted, beside this document), env:NAME or file:PATH on the controller. With #KEY after it, one key of that object.")]
    [Form(Form.SecretSource), Templated]
    public string? From { get; init; }

    [Description("For aws: the version's id, or stage:NAME (as stage:AWSCURRENT); may be left out with `rotate: automatic`.")]
    [Form(Form.SecretVersion)]
    public string? Version { get; init; }

    [Description("automatic: the value is taken as it is at each turn, for aws: at its stage, and its readers restart when it changes. env:, file: and age: have no versions and always do so.")]
    public Rotation? Rotate { get; init; }

    [Description("For `format: template`: the template, from this folder.")]
    [Form(Form.RelativePath)]
    public string? Template { get; init; }
}

internal sealed record SecretKeyEntry
{
    [Description("aws:NAME#KEY, age:FILE#KEY, or without #KEY the whole; env:NAME or file:PATH on the controller: for this key alone, its value.")]
    [Form(Form.SecretSource), Templated]
    public string? From { get; init; }

    [Description("For an aws: source of its own: the version's id, or stage:NAME.")]
    [Form(Form.SecretVersion)]
    public string? Version { get; init; }
}

[JsonConverter(typeof(WordConverter<SecretFormat>))]
internal enum SecretFormat
{
    Json,
    Dotenv,
    Python,
    Raw,
    Template,
}

[JsonConverter(typeof(WordConverter<Rotation>))]
internal enum Rotation
{
    Automatic,
}

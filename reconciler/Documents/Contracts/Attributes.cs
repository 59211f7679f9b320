namespace Reconciler.Documents.Contracts;

/// <summary>The form of a text, or of every text in a list or map.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FormAttribute(Form form) : Attribute
{
    public Form Form { get; } = form;
}

/// <summary>The form of a map's keys, outermost map first; <see cref="Form.Name"/> without it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class KeysAttribute(params Form[] forms) : Attribute
{
    public IReadOnlyList<Form> Forms { get; } = forms;
}

/// <summary><c>{{name}}</c> stands for a value in it; its form is judged when the values are in.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TemplatedAttribute : Attribute;

/// <summary>Lowest and highest number, both allowed; for a duration in seconds.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class BoundsAttribute(long lowest, long highest) : Attribute
{
    public long Lowest { get; } = lowest;

    public long Highest { get; } = highest;
}

/// <summary>A list that may not be empty.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NotEmptyAttribute : Attribute;

/// <summary>Free text as it is written: <c>4</c> and <c>true</c> are the texts "4" and "true". For editors, whose YAML types them.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AsWrittenAttribute : Attribute;

/// <summary>A plain scalar stands for the whole: <c>profile: staging</c>. The named property is set by that only, never by a key.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ShorthandAttribute(string property) : Attribute
{
    public string Property { get; } = property;
}

/// <summary>Keys, or words of an enum, that a later version brings: refused by name.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Enum)]
internal sealed class NotYetAttribute(params string[] words) : Attribute
{
    public IReadOnlyList<string> Words { get; } = words;
}

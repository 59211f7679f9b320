namespace Reconciler.Tests.Canaries;

/// <summary>A secret that was planted to be searched for.</summary>
/// <param name="Name">What a finding calls it, so that no report repeats the value.</param>
/// <param name="Value">At least eight bytes, none of them a line break.</param>
public sealed record Canary(string Name, string Value);

/// <summary>A place where a canary lies.</summary>
/// <param name="Where">The file, or the file and what was unpacked from it.</param>
/// <param name="Offset">Of the first byte, in what was unpacked.</param>
/// <param name="Encoding">The form in which it lies there.</param>
/// <param name="Canary">Its name.</param>
public sealed record CanaryFinding(string Where, long Offset, string Encoding, string Canary)
{
    public override string ToString() => $"{Where}: {Canary} at byte {Offset}, {Encoding}";
}

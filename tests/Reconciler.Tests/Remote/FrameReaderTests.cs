using FsCheck;
using FsCheck.Fluent;
using Reconciler.Remote;

namespace Reconciler.Tests.Remote;

/// <summary>Markers in streams of any bytes, in arrivals of any size, cut off anywhere: what stands before a marker comes out whole, and nothing else.</summary>
public sealed class FrameReaderTests
{
    private static readonly byte[] Marker = RemoteLoop.End("0123456789abcdef0123456789abcdef");

    /// <summary>Bytes that come near to a marker: whole ones, beginnings, endings, junk, much of it.</summary>
    private static Gen<byte[]> Bytes { get; } =
        Gen.OneOf(
            Gen.Constant(Marker),
            Gen.Choose(1, Marker.Length - 1).Select(length => Marker[..length]),
            Gen.Choose(1, Marker.Length - 1).Select(start => Marker[start..]),
            Gen.Constant(RemoteLoop.End("fedcba9876543210fedcba9876543210")),
            Gen.Choose(0, 255).ListOf().Select(list => list.Select(octet => (byte)octet).ToArray()),
            Gen.Elements(65_500, 65_536, 70_000).Select(length => new byte[length]))
        .ListOf().Select(pieces => pieces.SelectMany(piece => piece).ToArray());

    [Fact]
    public void Wherever_bytes_are_cut_each_part_is_what_stands_before_its_marker()
    {
        var streams = from bytes in Bytes from size in Gen.Elements(1, 3, 44, 4096, 100_000) from cap in Gen.Elements(0, 10, 200_000) select (bytes, size, cap);
        Check.One(Fuzz.Config(100), Prop.ForAll(streams.ToArbitrary(), given => Read(given.bytes, given.size, given.cap)));
    }

    private static bool Read(byte[] bytes, int arrival, int cap)
    {
        var reader = new FrameReader(new Arrivals(bytes, bytes.Length > 10_000 ? Math.Max(arrival, 1000) : arrival));
        for (var rest = bytes.AsSpan(); ;)
        {
            var sink = new CappedBytes(cap);
            var at = rest.IndexOf(Marker);
            var expected = at < 0 ? rest : rest[..at];
            var ended = Ends(reader, sink);
            if (ended != at < 0 || !sink.Bytes.Span.SequenceEqual(expected[..Math.Min(cap, expected.Length)]) || sink.Truncated != expected.Length > cap)
                return false;
            if (ended)
                return true;
            rest = rest[(at + Marker.Length)..];
        }
    }

    private static bool Ends(FrameReader reader, CappedBytes sink)
    {
        try
        {
            reader.ReadToAsync(Marker, sink, CancellationToken.None).GetAwaiter().GetResult();
            return false;
        }
        catch (EndOfStreamException)
        {
            return true;
        }
    }

    [Fact]
    public void Any_answer_of_a_runner_is_understood_or_said_not_to_be()
    {
        string[] words =
        [
            "answer fresh\n", "answer replayed\n", "answer running x\n", "answer hello\n", "answer what\n", "answer ", "runner: 75: no\n", "runner: ",
            "operation o\n", "fence 1\n", "fence -1\n", "fence 99999999999999999999\n", "exit 0\n", "exit\n", "boot b\n", "started 1\n",
            "started 999999999999999\n", "ended 2\n", "deadline-passed no\n", "refused 74 x\n", "refused\n", "version v\n", "ledger -\n", "\n", "\0", "\uFFFD",
        ];
        var texts = Gen.Elements(words).ListOf().Select(list => string.Concat(list));
        Check.One(Fuzz.Config(500), Prop.ForAll(texts.ToArbitrary(), text => ReceiptText.Read(text, 1) is not null));
    }

    [Fact]
    public void What_is_cut_off_a_steps_answer_makes_its_outcome_unknown_and_never_good()
    {
        var script = new StepScript(new(": x", false, TimeSpan.Zero), request: true);
        var marker = script.Text.Split("printf '\\n")[1][..32];
        var whole = $"answer fresh\noperation o\n\n\n{new string('f', 32)} ran 0\n\n{marker} ran 7\nseen\n{marker} proof 0\n";
        script.Part(whole, "ran")!.Value.Code.ShouldBe(7);
        for (var length = 0; length < whole.Length; length++)
        {
            script.Part(whole[..length], "proof").ShouldBeNull();
            (script.Part(whole[..length], "ran") is null or (_, 7)).ShouldBeTrue();
        }
    }

    private sealed class Arrivals(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(most, buffer.Length)], cancellationToken);
    }
}

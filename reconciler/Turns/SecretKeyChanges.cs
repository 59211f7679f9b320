using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Remote;
using Reconciler.Resources.SecretsFile;
using Reconciler.Secrets;

namespace Reconciler.Turns;

/// <summary>
/// Which keys of a secrets file are not as their source says, by their names alone; asked only of files that are known to differ.
/// </summary>
internal sealed partial class SecretKeyChanges(IServerSessions sessions, ServerAddresses addresses, ResolvedSecrets secrets)
{
    /// <returns>A line by server and resource (<see cref="ResourceId.MarkerKey"/>).</returns>
    public async Task<IReadOnlyDictionary<(string Server, string Resource), string>> LinesAsync(
        ExpandedEnvironment environment, IEnumerable<(Unit Unit, Verdict Verdict)> verdicts, CancellationToken cancellation)
    {
        var known = addresses.Of(environment);
        var lines = new ConcurrentDictionary<(string, string), string>();
        var asked = verdicts.SelectMany(verdict => verdict.Unit.Resources.Where(resource => Differs(verdict.Verdict, resource)));
        await Task.WhenAll(asked.GroupBy(resource => resource.Id.Server).Select(async server =>
        {
            foreach (var resource in server)
                if (await LineAsync(known[server.Key], (SecretsFileSpec)resource.Spec, cancellation) is { } line)
                    lines[(server.Key, resource.Id.MarkerKey)] = line;
        }));
        return lines;
    }

    private static bool Differs(Verdict verdict, Resource resource) => resource.Spec is SecretsFileSpec
        && verdict.Diff.ByResource.TryGetValue(resource.Id, out var differences)
        && differences.Any(difference => difference.Type == DifferenceType.Change);

    private async Task<string?> LineAsync(ServerAddress server, SecretsFileSpec spec, CancellationToken cancellation)
    {
        if (spec.OnlyCompared || spec.FromKeptCopy)
            return "(which of its keys differ is not known: its source does not give now what was written last)";
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var file = secrets.Of(new(spec.File, spec.Digest));
        if (SecretKeyPrints.Of(file, nonce) is not { } wanted)
            return null;
        var script = SecretKeyPrints.Script(file.Format, spec.Path, nonce);
        var probe = Probe.Nothing with
        {
            Request = RunnerRequest.Run(spec.User, spec.Path[..spec.Path.LastIndexOf('/')], "-", new PayloadPart.Text(script)),
        };
        try
        {
            return await ServerProbes.AskAsync(sessions.For(server), [probe], cancellation) is [ProbeAnswer.Output(var text)]
                ? Line(wanted, text)
                : null;
        }
        catch (SessionException)
        {
            // That the server does not answer is said elsewhere.
            return null;
        }
    }

    /// <summary>Null when no key differs: then it is the mode, or how the file is laid out.</summary>
    internal static string? Line(IReadOnlyDictionary<string, string> wanted, string answer)
    {
        var lines = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines is ["broken"])
            return "(it is no longer of its format: whoever reads it fails)";
        if (!lines.Contains("end"))
            return "(which of its keys differ could not be seen)";
        var live = lines.Select(line => Key().Match(line)).Where(match => match.Success)
            .ToDictionary(match => JsonSerializer.Deserialize(match.Groups[1].Value, StringJson.Default.String)!, match =>
                match.Groups[2].Value);
        var parts = new[]
        {
            Named("other values", wanted.Where(key => live.TryGetValue(key.Key, out var print) && print != key.Value).Select(key =>
                key.Key)),
            Named("missing", wanted.Keys.Except(live.Keys)),
            Named("only on the server", live.Keys.Except(wanted.Keys)),
        }.OfType<string>().ToList();
        return parts.Count == 0 ? null : $"keys: {string.Join("; ", parts)} (values are never shown)";
    }

    private static string? Named(string what, IEnumerable<string> keys) =>
        keys.Order(StringComparer.Ordinal).ToList() is { Count: > 0 } some ? $"{what}: {string.Join(", ", some.Select(Shown))}" : null;

    /// <summary>Whatever a hand left there as a key may be anything.</summary>
    private static string Shown(string key) => Name().IsMatch(key) ? key : "(a key whose name is not shown)";

    [GeneratedRegex("""^key ("(?:[^"\\]|\\.)*") ([0-9a-f]{64})$""")]
    private static partial Regex Key();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_.-]{0,63}\z")]
    private static partial Regex Name();
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class StringJson : System.Text.Json.Serialization.JsonSerializerContext;

namespace Reconciler.Tests.Simulation;

/// <summary>A server: what each of its things is at, by a word or two; its runner; whether it is up.</summary>
internal sealed class SimulatedServer
{
    private readonly Dictionary<string, string> _state = [];
    private readonly SimulatedWorld _world;

    public SimulatedServer(string name, SimulatedWorld world)
    {
        (Name, _world) = (name, world);
        Runner = new(this, world);
    }

    public string Name { get; }

    public SimulatedRunner Runner { get; }

    /// <summary>Grows with each boot: what ran before it is gone.</summary>
    public int Boot { get; private set; } = 1;

    public DateTimeOffset UpAgainAt { get; private set; }

    public bool IsUp => UpAgainAt <= _world.Time.GetUtcNow();

    /// <summary>By kind.</summary>
    public string this[string kind]
    {
        get => _state.GetValueOrDefault(kind, "none");
        set => _state[kind] = value;
    }

    /// <summary>Users see the site, not the page.</summary>
    public bool IsOpen => this["Maintenance"].Split(' ')[0] != "on";

    /// <summary>The code that the running service was started with; null: it does not run.</summary>
    public string? Serves => this["Service"].Split(' ') is ["up", var code] ? code : null;

    public string Code => this["Code"].Split(' ')[0];

    /// <summary>What is the effect of every verb: the thing is at that word. A service notes what it has read.</summary>
    public void Set(string id, string to)
    {
        var kind = id.Split('/')[2];
        this[kind] = kind == "Service" && to == "up" ? $"up {Code}" : to.Replace(',', ' ');
    }

    public bool Is(string id, string to)
    {
        var (kind, word) = (id.Split('/')[2], to.Replace(',', ' '));
        return kind == "Service" ? this[kind].Split(' ')[0] == word : this[kind] == word;
    }

    /// <summary>What ran is gone; what is enabled comes back.</summary>
    public void Reboot(TimeSpan takes)
    {
        _world.Tell($"{Name} reboots");
        Boot++;
        Runner.Reboot();
        UpAgainAt = _world.Time.GetUtcNow() + takes;
        if (Serves is not null)
            this["Service"] = $"up {Code}";
        _ = LookWhenUpAsync(takes);
    }

    /// <summary>What it serves then may not be what the others do.</summary>
    private async Task LookWhenUpAsync(TimeSpan takes)
    {
        await _world.DelayAsync(takes);
        if (IsUp)
            _world.Truth.LookAtSite();
    }

    /// <returns>What the script printed; null when the server went down meanwhile.</returns>
    public async Task<string?> RunAsync(SentScript script)
    {
        var boot = Boot;
        if (script.Probes.Count > 0)
            return string.Concat(script.Probes.Select(probe => $"{Seen(probe.Fragment)}\n{probe.Marker} {probe.Index} \n"));
        if (script.Request is null)
            return $"{script.Proof} does not hold\n{script.Marker} proof {(Holds(script.Proof!) ? 0 : 1)}\n";
        if (script is { Proof: { } before, SkipsWhenProven: true } && _world.Weakness != Weakness.BeforeCheck && Holds(before))
            return $"\n{script.Marker} skipped 0\n";
        var answer = await Runner.AskAsync(script.Request);
        if (answer is not { } told || boot != Boot)
            return null;
        var (text, code) = told;
        var proof = script.Proof is { } after ? $"\n{script.Marker} proof {(Holds(after) ? 0 : 1)}\n" : "";
        return script.Marker.Length == 0 ? text : $"{text}\n{script.Marker} ran {code}\n{proof}";
    }

    private string Seen(string fragment) => fragment.Split(' ') switch
    {
        [":", var id] => this[id.Split('/')[2]],
        _ => throw new InvalidOperationException($"no probe: {fragment}"),
    };

    private bool Holds(string fragment) => fragment.Split(' ') switch
    {
        [":", "is", var id, var to] => Is(id, to),
        [":", "answers", _] => Serves is { } code && code == Code && !_world.IsBroken(code),
        _ => throw new InvalidOperationException($"no proof: {fragment}"),
    };

    public override string ToString() => string.Join(", ", _state.OrderBy(entry => entry.Key).Select(entry => $"{entry.Key}={entry.Value}"));
}

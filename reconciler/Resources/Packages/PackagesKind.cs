using Reconciler.Model;

namespace Reconciler.Resources.Packages;

/// <summary>
/// apt packages of a server (seeds/000: 113). Adding an absent one that touches nothing installed is done early; whatever upgrades, changes or
/// removes something waits for System, when nothing depends on it.
/// </summary>
internal sealed class PackagesKind : ResourceKind<PackagesSpec, PackagesFacts>
{
    public override string Name => "Packages";

    protected override Probe Probe(Resource resource, PackagesSpec spec, PackagesFacts? last) => new(PackagesProbe.Cheap(spec, last));

    protected override Traces Traces(PackagesSpec spec, PackagesFacts? facts) => Model.Traces.Of(PackagesProbe.Watched.Split(' ')
        .Concat([PackagesProbe.Inventory, "/run/reboot-required", "/run/reboot-required.pkgs", "/etc/os-release"]));

    protected override Reading Read(Resource resource, PackagesSpec spec, PackagesFacts? last, string output, bool dearer) =>
        dearer ? PackagesReading.Dearer(spec, last, output) : PackagesReading.Cheap(spec, last, output);

    protected override IEnumerable<Difference> Compare(Resource resource, PackagesSpec spec, PackagesFacts? facts, ReadMarkers reads) =>
        facts is null ? [] : spec.Packages.Select(package => Compare(resource, package, facts)).OfType<Difference>().Concat(ToBePruned(resource, spec, facts));

    private static IEnumerable<Difference> ToBePruned(Resource resource, PackagesSpec spec, PackagesFacts facts)
    {
        if (spec.PruneAtMost is not { } atMost)
            return [];
        var gone = Unnamed(spec, facts);
        var refusal = gone.Count * 100 <= facts.Ours.Count * atMost ? null
            : $"{gone.Count} of {facts.Ours.Count} packages that were installed from here would go at once, and prune: {{atMost: {atMost}}} in environment.yaml allows "
                + $"{atMost} %: take them out of git in several commits, or write {(gone.Count * 100 + facts.Ours.Count - 1) / facts.Ours.Count} there";
        return gone.Select(name => new Difference(resource.Id, DifferenceType.Remove, $"git no longer names package {name}, which was installed from here",
            "not installed", "installed")
        {
            Origin = resource.Origin,
            Refusal = refusal,
            // `prune` is the word for it; what policy says of other drift of packages is not.
            HealedAs = "Maintenance",
        });
    }

    private static List<string> Unnamed(PackagesSpec spec, PackagesFacts facts) => [.. facts.Ours.Except(spec.Packages.Select(package => package.Name))];

    private static Difference? Compare(Resource resource, WantedPackage wanted, PackagesFacts facts)
    {
        var name = wanted.Name;
        if (!facts.Installed.TryGetValue(name, out var found) || !found.Unpacked)
            return Of(DifferenceType.Add, $"package {name} is not installed", wanted.Version ?? "installed", "not installed");
        if (!found.Complete)
            return Of(DifferenceType.Change, $"package {name} is only half installed (dpkg says {found.Status})", "installed", found.Status);
        var version = Version(wanted, facts);
        if (version is not null && version != found.Version)
            return Of(DifferenceType.Change, wanted.State == PackageState.Pinned
                    ? $"version {found.Version} of package {name} is installed, git says {version}"
                    : $"version {found.Version} of package {name} is installed, {version} is to be had",
                version, found.Version) with
            { Refusal = found.Held ? $"package {name} is held on the server: say held in git, or run apt-mark unhold {name}" : null };
        return wanted.State == PackageState.Held && !found.Held
            ? Of(DifferenceType.Change, $"package {name} is not held: apt would upgrade it", "held", "not held")
            : null;

        Difference Of(DifferenceType type, string sentence, string to, string from) =>
            new(resource.Id, type, sentence, to, from) { Origin = resource.Origin };
    }

    /// <summary>The exact version that must be there; null when any will do, or apt knows none.</summary>
    private static string? Version(WantedPackage wanted, PackagesFacts facts) => wanted.State switch
    {
        PackageState.Pinned => wanted.Version,
        PackageState.Latest => facts.Candidates.GetValueOrDefault(wanted.Name),
        _ => null,
    };

    protected override IEnumerable<Step> Steps(Resource resource, PackagesSpec spec, PackagesFacts? facts, Change change)
    {
        if (facts is null)
            yield break;
        var absent = PackagesReading.Absent(spec, facts);
        if (absent.Count > 0)
            yield return change.FirstContact ? AddLate(resource, absent, "nothing here is used yet")
                : facts.Disturbs.Count > 0 ? AddLate(resource, absent, $"this also {string.Join(", ", facts.Disturbs.Take(8))}")
                : AddEarly(resource, absent);
        var changing = Changing(spec, facts);
        if (changing.Count > 0)
            yield return Install(resource, Phase.System, changing, onlyNew: false) with { Because = RefusesConnections(changing) };
        if (change.Differences.Any(difference => difference.Type == DifferenceType.Remove) && Unnamed(spec, facts) is { Count: > 0 } unnamed)
            yield return new(Phase.Tidy, resource.Id, $"remove {string.Join(", ", unnamed)}", RunnerRequest.AptRemove(unnamed))
            {
                Proof = PackagesProbe.Removed(unnamed),
                Deadline = TimeSpan.FromMinutes(15),
                Because = "git no longer names what was installed from here; nothing else goes with it",
            };
        var unheld = Unheld(spec, facts);
        if (unheld.Count > 0)
            yield return new Step(Phase.Prepare, resource.Id, $"hold {string.Join(", ", unheld)}", new RunnerRequest("apt-hold", unheld))
            {
                Proof = $"for p in {Shell.Join(unheld)}; do dpkg-query -W -f='${{db:Status-Want}}\\n' $p | grep -qx hold || exit 1; done",
                Rank = Ranks.Packages,
            };
    }

    private static Step AddEarly(Resource resource, IReadOnlyList<string> words) => Install(resource, Phase.Prepare, words, onlyNew: true) with
    {
        Attempts = 3,
        Rank = Ranks.Packages,
        Because = "nothing that is installed is upgraded or removed",
    };

    private static Step AddLate(Resource resource, IReadOnlyList<string> words, string because) =>
        Install(resource, Phase.System, words, onlyNew: false) with { Because = because };

    private static Step Install(Resource resource, Phase phase, IReadOnlyList<string> words, bool onlyNew) =>
        new(phase, resource.Id, $"install {string.Join(", ", words)}", RunnerRequest.AptInstall(onlyNew, words))
        {
            Proof = PackagesProbe.Proof(words),
            Deadline = TimeSpan.FromMinutes(15),
        };

    /// <summary>The package stops nginx and starts it, which tests its configuration first (seeds/000: 159-162).</summary>
    private static string? RefusesConnections(IReadOnlyList<string> words) =>
        words.Any(word => word.StartsWith("nginx", StringComparison.Ordinal) || word.StartsWith("libnginx-mod-", StringComparison.Ordinal))
            ? "while nginx itself is upgraded, connections are refused, unless another server answers"
            : null;

    /// <summary>Installed in another version than git says, or half-way: <c>name=version</c>, so that what was planned is what is installed.</summary>
    private static IReadOnlyList<string> Changing(PackagesSpec spec, PackagesFacts facts) =>
    [
        .. from package in spec.Packages
           let found = facts.Installed.GetValueOrDefault(package.Name)
           where found is { Unpacked: true }
           let version = Version(package, facts)
           where !found.Complete || (version is not null && version != found.Version && !found.Held)
           select version is null ? package.Name : $"{package.Name}={version}",
    ];

    private static IReadOnlyList<string> Unheld(PackagesSpec spec, PackagesFacts facts) =>
    [
        .. spec.Packages.Where(package => package.State == PackageState.Held && facts.Installed.GetValueOrDefault(package.Name) is { Complete: true, Held: false })
            .Select(package => package.Name),
    ];
}

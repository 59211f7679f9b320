using Reconciler.Model;

namespace Reconciler.Resources.VirtualEnvironment;

/// <summary>Building, switching and tidying virtualenvs.</summary>
internal static class VirtualEnvironmentSteps
{
    /// <param name="rebuildInUse">The wanted folder is the live one and was damaged: it can only be rebuilt while the services are stopped.</param>
    public static IEnumerable<Step> Build(Resource resource, VirtualEnvironmentSpec spec, bool rebuildInUse)
    {
        var phase = rebuildInUse ? Phase.Virtualenv : Phase.Prepare;
        yield return new(phase, resource.Id, $"make {spec.Path}.d", RunnerRequest.Directory(spec.Path + ".d", "0755", spec.User, spec.User))
        {
            Rank = rebuildInUse ? 0 : Ranks.Directories,
            Proof = $"[ -d {Shell.Quote(spec.Path + ".d")} ]",
        };
        yield return new(phase, resource.Id, $"build virtualenv {spec.Digest} from {Path.GetFileName(spec.Requirements)}",
            RunnerRequest.Run(spec.User, spec.Path + ".d", "-", new PayloadPart.Text(BuildScript(spec))))
        {
            Rank = rebuildInUse ? 1 : Ranks.VirtualEnvironment,
            Deadline = TimeSpan.FromMinutes(20),
            Attempts = rebuildInUse ? 1 : 3,
            Proof = $"[ -e {Shell.Quote(spec.ReadyFile)} ]",
            SkipWhenProven = !rebuildInUse,
        };
    }

    public static Step Switch(Resource resource, VirtualEnvironmentSpec spec) =>
        new(Phase.Virtualenv, resource.Id, $"switch {spec.Path} to virtualenv {spec.Digest}", RunnerRequest.Link(spec.Path, spec.Folder))
        {
            Rank = 2,
            Proof = $"[ -h {Shell.Quote(spec.Path)} ] && [ {Shell.Quote(spec.Path)} -ef {Shell.Quote(spec.Folder)} ]",
        };

    public static Step Tidy(Resource resource, VirtualEnvironmentSpec spec, string old) =>
        new(Phase.Tidy, resource.Id, $"remove old virtualenv {old}",
            RunnerRequest.Run(spec.User, spec.Path + ".d", "-", new PayloadPart.Text($"rm -f ./.{old}.ready && rm -rf ./{Shell.Quote(old)}\n")))
        { Proof = $"[ ! -e {Shell.Quote($"{spec.Path}.d/.{old}.ready")} ]" };

    /// <summary>
    /// Built whole or not at all: the record of its packages is written last, under another name, and renamed. pip check comes before it,
    /// so that packages that contradict one another stop the run in Prepare.
    /// </summary>
    private static string BuildScript(VirtualEnvironmentSpec spec)
    {
        var index = spec.Wheelhouse is null ? "" : $"--no-index --find-links {Shell.Quote(spec.Wheelhouse)} ";
        var pip = $"{Shell.Quote(spec.Folder)}/bin/python -m pip --disable-pip-version-check --no-input -q";
        return $$"""
            set -e
            umask 022
            d={{Shell.Quote(spec.Folder)}} r={{Shell.Quote(spec.ReadyFile)}}
            rm -f "$r" "$r.new"
            rm -rf "$d"
            {{Shell.Quote(spec.Interpreter)}} -m venv {{(spec.SystemSitePackages ? "--system-site-packages " : "")}}"$d"
            {{(spec.PipVersion is null ? "" : $"{pip} install {index}pip=={Shell.Quote(spec.PipVersion)}")}}
            cd {{Shell.Quote(Path.GetDirectoryName(spec.Requirements)!)}}
            {{pip}} install {{index}}-r {{Shell.Quote(spec.Requirements)}}
            {{pip}} check
            for f in "$d"/lib/python3*/site-packages/*.dist-info "$d"/lib/python3*/site-packages/*.egg-info; do
            [ -e "$f" ] && { f=${f##*/}; echo "${f%.*-info}"; }
            done >"$r.new" || :
            sync "$r.new" && mv "$r.new" "$r"
            """;
    }
}

using Reconciler.Model;

namespace Reconciler.Resources.VirtualEnvironment;

/// <summary>Building, switching and tidying virtualenvs.</summary>
internal static class VirtualEnvironmentSteps
{
    /// <param name="into">The wanted folder, or its successor beside the live one.</param>
    public static IEnumerable<Step> Build(Resource resource, VirtualEnvironmentSpec spec, BuiltFolder into)
    {
        var beside = into != spec.Built;
        string[] folders = beside ? [spec.Path + ".d", spec.Folder, into.Path] : [spec.Path + ".d"];
        foreach (var folder in folders)
            yield return new(Phase.Prepare, resource.Id, $"make {folder}", RunnerRequest.Directory(folder, "0755", spec.User, spec.User))
            {
                Rank = Ranks.Directories,
                Proof = $"[ -d {Shell.Quote(folder)} ]",
            };
        var script = new PayloadPart.Text(BuildScript(spec, into));
        yield return new(Phase.Prepare, resource.Id, $"build virtualenv {spec.Digest} from {Path.GetFileName(spec.Requirements)}",
            // Its scripts name the path that they were built at: the successor is built at the live one's, where only the build sees it.
            beside
                ? RunnerRequest.Try(spec.User, spec.Path + ".d", "-", [KeyValuePair.Create(into.Path, spec.Folder)], [], script)
                : RunnerRequest.Run(spec.User, spec.Path + ".d", "-", script))
        {
            Rank = Ranks.VirtualEnvironment,
            Deadline = TimeSpan.FromMinutes(20),
            Attempts = 3,
            Proof = $"[ -e {Shell.Quote(into.ReadyFile)} ]",
            // A record may be there though the files are not.
            SkipWhenProven = false,
        };
    }

    public static Step TakeOver(Resource resource, VirtualEnvironmentSpec spec, Phase phase) =>
        new(phase, resource.Id, $"put the virtualenv built anew in the place of {spec.Folder}",
            RunnerRequest.Run(spec.User, spec.Path + ".d", "-", new PayloadPart.Text(spec.Built.TakeOver())))
        {
            Rank = Ranks.VirtualEnvironment + 1,
            Proof = spec.Built.Proof,
        };

    public static Step Switch(Resource resource, VirtualEnvironmentSpec spec) =>
        new(Phase.Virtualenv, resource.Id, $"switch {spec.Path} to virtualenv {spec.Digest}", RunnerRequest.Link(spec.Path, spec.Folder))
        {
            Proof = $"[ -h {Shell.Quote(spec.Path)} ] && [ {Shell.Quote(spec.Path)} -ef {Shell.Quote(spec.Folder)} ]",
        };

    public static Step Tidy(Resource resource, VirtualEnvironmentSpec spec, string old) =>
        new(Phase.Tidy, resource.Id, $"remove old virtualenv {old}",
            RunnerRequest.Run(spec.User, spec.Path + ".d", "-", new PayloadPart.Text(BuiltFolder.Remove(old))))
        { Proof = $"[ ! -e {Shell.Quote($"{spec.Path}.d/.{old}.ready")} ]" };

    /// <summary>
    /// Built whole or not at all: the record of its packages is written last, under another name, and renamed. pip check comes before it,
    /// so that packages that contradict one another stop the run in Prepare. What fails leaves nothing that fills the disk.
    /// </summary>
    private static string BuildScript(VirtualEnvironmentSpec spec, BuiltFolder into)
    {
        var index = spec.Wheelhouse is null ? "" : $"--no-index --find-links {Shell.Quote(spec.Wheelhouse)} ";
        var pip = $"{Shell.Quote(spec.Folder)}/bin/python -m pip --disable-pip-version-check --no-input -q";
        return $$"""
            umask 022
            d={{Shell.Quote(spec.Folder)}} r={{Shell.Quote(into.ReadyFile)}}
            build() (
            set -e
            rm -f "$r.new"
            {{into.Begin(spec.Folder)}}{{Shell.Quote(spec.Interpreter)}} -m venv {{(spec.SystemSitePackages ? "--system-site-packages " : "")}}"$d" || {
            code=$?
            # venv does not show what ensurepip had to say.
            [ ! -x "$d/bin/python" ] || "$d/bin/python" -Im ensurepip --upgrade --default-pip || :
            exit "$code"
            }
            {{(spec.PipVersion is null ? "" : $"{pip} install {index}pip=={Shell.Quote(spec.PipVersion)}")}}
            cd {{Shell.Quote(Path.GetDirectoryName(spec.Requirements)!)}}
            {{pip}} install {{index}}-r {{Shell.Quote(spec.Requirements)}}
            {{pip}} check
            for f in "$d"/lib/python3*/site-packages/*.dist-info "$d"/lib/python3*/site-packages/*.egg-info; do
            if [ -e "$f" ]; then f=${f##*/}; echo "${f%.*-info}"; fi
            done >"$r.new"
            {{into.Note(spec.Folder)}}sync "$r.new" && mv "$r.new" "$r"
            )
            {{FullDisk.Telling("build", "the virtualenv")}}
            {{into.Abandon(spec.Folder)}}rm -f "$r.new"
            exit "$code"

            """;
    }
}

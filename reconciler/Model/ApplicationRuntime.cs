namespace Reconciler.Model;

/// <summary>Where and how an application's own commands run on a server: what several kinds need to call <c>manage.py</c>.</summary>
/// <param name="Path">The checkout, absolute.</param>
/// <param name="Directory">Absolute folder of <c>manage.py</c>, in which commands run.</param>
/// <param name="VirtualEnvironment">The link that services use.</param>
/// <param name="PreparedCode">A worktree of the wanted commit beside the checkout: <c>PATH.d/COMMIT</c>.</param>
/// <param name="PreparedVirtualEnvironment">The folder of the wanted virtualenv: <c>VENV.d/DIGEST</c>.</param>
/// <param name="Environment">Variables of every command and service, <c>DJANGO_SETTINGS_MODULE</c> among them; sorted by name.</param>
/// <param name="Secrets">Secrets files that commands may need, by absolute path.</param>
internal sealed record ApplicationRuntime(
    string Application,
    string User,
    string Path,
    string Directory,
    string VirtualEnvironment,
    string PreparedCode,
    string PreparedVirtualEnvironment,
    ValueList<KeyValuePair<string, string>> Environment,
    ValueList<KeyValuePair<string, SecretContent>> Secrets)
{
    /// <summary>
    /// Where the live checkout can be seen while the new code lies over it: what git does not track there (an SQLite database, uploads, a settings file of
    /// somebody's own) is linked from the worktree to here.
    /// </summary>
    public string LiveBeside => $"{Path}.d/.live";

    /// <summary>A second view of it in a trial that asks for one: new secrets lie over the files in the first, here the live ones are seen.</summary>
    public string LiveSecretsBeside => $"{Path}.d/.live-secrets";

    /// <summary>The head of a script that runs the live code: folder, variables, virtualenv first in PATH (seeds/000: 45-51).</summary>
    public string LivePreamble => Preamble(VirtualEnvironment);

    /// <summary>The same for the new code with the new packages, inside <see cref="RunnerRequest.Try"/>.</summary>
    public string PreparedPreamble => Preamble(PreparedVirtualEnvironment);

    private string Preamble(string virtualEnvironment) =>
        string.Concat(Environment.Select(variable => $"export {variable.Key}={Shell.Quote(variable.Value)}\n"))
        + $"export PATH={Shell.Quote(virtualEnvironment + "/bin")}:$PATH\nexport PYTHONDONTWRITEBYTECODE=1\n";

    /// <summary>A request that runs a script with the new code, packages and secrets over the live paths, seen by nobody else.</summary>
    /// <param name="store">Name under <c>results/</c> for its stdout, or <c>-</c>.</param>
    /// <param name="binds">More binds beside the code's.</param>
    public RunnerRequest Try(string store, string script, params IEnumerable<KeyValuePair<string, string>> binds) =>
        RunnerRequest.Try(User, Directory, store,
            [new(Path, LiveBeside), new(PreparedCode, Path), .. binds],
            [.. Secrets.Select(secret => KeyValuePair.Create(secret.Key, (PayloadPart)new PayloadPart.SecretFile(secret.Value)))],
            new PayloadPart.Text(PreparedPreamble + script));

    /// <summary>A request that runs a script with what is live.</summary>
    public RunnerRequest RunLive(string store, string script) =>
        RunnerRequest.Run(User, Directory, store, new PayloadPart.Text(LivePreamble + script));
}

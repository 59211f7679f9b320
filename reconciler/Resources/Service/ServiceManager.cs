namespace Reconciler.Resources.Service;

/// <summary>Who keeps a service running.</summary>
internal abstract record ServiceManager
{
    /// <summary><c>command:</c> a program of ours under the system's supervisor, <c>/etc/supervisor/conf.d/APPLICATION-SERVICE.conf</c>.</summary>
    public sealed record OwnProgram(Launch Launch) : ServiceManager;

    /// <summary><c>command:</c> with <c>manager: systemd</c>: a unit of ours, <c>/etc/systemd/system/APPLICATION-SERVICE.service</c>.</summary>
    public sealed record OwnUnit(Launch Launch) : ServiceManager;

    /// <summary><c>program:</c> with <c>config:</c>: a program that the application's own supervisor.conf declares.</summary>
    /// <param name="Config">Absolute path of that supervisor.conf; it may be part of the checkout.</param>
    /// <param name="User">The application's user, as whom its supervisord runs.</param>
    public sealed record DeclaredProgram(string Program, string Config, string User) : ServiceManager;

    /// <summary><c>unit:</c> a systemd unit that is there already (<c>nginx.service</c>; without a suffix <c>.service</c> is meant).</summary>
    public sealed record ExistingUnit(string Unit) : ServiceManager;

    /// <summary><c>process:</c> nobody supervises it (seeds/003: 359-361).</summary>
    /// <param name="Pattern">POSIX extended regular expression, matched against the whole command line, words joined by one space.</param>
    /// <param name="StopSignal">Without <c>SIG</c>: <c>TERM</c>, <c>HUP</c>.</param>
    /// <param name="User">Whose processes are looked at.</param>
    /// <param name="Launch">How to start it; null when git has no command for that.</param>
    public sealed record BareProcess(string Pattern, string StopSignal, string User, Launch? Launch) : ServiceManager;
}

/// <summary>A command as we start it, without a shell.</summary>
/// <param name="Command">One line, values filled in, quoted as for sh (<see cref="Model.Shell.Split"/> reads it): <c>gunicorn -w 4 config.wsgi</c>.</param>
/// <param name="Directory">Absolute.</param>
/// <param name="User">Never root.</param>
/// <param name="VirtualEnvironment">The link whose <c>bin</c> comes first in PATH; null for an application without one.</param>
/// <param name="Environment">Variables but PATH, sorted by name; never a secret, for they stand in a file that all may read.</param>
internal sealed record Launch(
    string Command,
    string Directory,
    string User,
    string? VirtualEnvironment,
    IReadOnlyList<KeyValuePair<string, string>> Environment);

using Reconciler.Model;

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
    /// <param name="Supervisor">
    /// <c>supervisord -c CONFIG</c>, in the application's folder with its variables: a unit of ours (<see cref="SupervisordUnit"/>), or, where there
    /// is no systemd, started when no supervisord answers for that file. Its user is the one who asks, for a supervisor.conf may name Python to
    /// import: root never reads it.
    /// </param>
    public sealed record DeclaredProgram(string Program, string Config, Launch Supervisor) : ServiceManager
    {
        /// <summary>Other programs of that file, which git places on other servers only: they would start here by themselves.</summary>
        public ValueList<string> KeptStopped { get; init; } = [];

        /// <summary>How long its slowest program may take to stop.</summary>
        public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(60);

        /// <summary>Of the services of one supervisord on one server, the first: it writes and enables the unit that all of them depend on.</summary>
        public bool Leads { get; init; } = true;

        /// <summary>Retired as this service may be, others on this server still need its supervisord.</summary>
        public bool Shared { get; init; }
    }

    /// <summary><c>program:</c> alone: a program that the system's supervisor has already, from a file that is not ours.</summary>
    public sealed record ExistingProgram(string Program) : ServiceManager;

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
    ValueList<KeyValuePair<string, string>> Environment)
{
    /// <summary>HOME of the process; <c>/home/USER</c> unless said otherwise, never that of the supervisor above it.</summary>
    public string Home { get; init; } = $"/home/{User}";

    private const string SystemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>PATH as the process sees it, the virtualenv first (seeds/000: 51).</summary>
    public string Path => VirtualEnvironment is null ? SystemPath : $"{VirtualEnvironment}/bin:{SystemPath}";

    /// <summary>All variables in the order in which they are written: PATH, who it is, then the application's own, which win.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Variables =>
        [
            .. new KeyValuePair<string, string>[] { new("PATH", Path), new("HOME", Home), new("USER", User), new("LOGNAME", User) }
                .Where(variable => Environment.All(own => own.Key != variable.Key)),
            .. Environment,
        ];

    /// <summary>
    /// The words to execute. What is not an absolute path goes through <c>env</c>, which looks it up in <see cref="Path"/> and then becomes it (no
    /// process more): supervisor would otherwise look in its own PATH, and systemd in a fixed one.
    /// </summary>
    /// <exception cref="FormatException">A quote in the command is not closed.</exception>
    public IReadOnlyList<string> Words(IReadOnlyList<KeyValuePair<string, string>>? assign = null)
    {
        var words = Model.Shell.Split(Command);
        var set = (assign ?? []).Select(variable => $"{variable.Key}={variable.Value}").ToList();
        return set.Count == 0 && words is [['/', ..], ..] ? words : ["/usr/bin/env", .. set, .. words];
    }
}

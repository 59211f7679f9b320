namespace Reconciler.Turns.Surveys;

/// <summary>What one server has beside what any kind looks at, and who was at work there.</summary>
/// <param name="Unread">What could not be read, each with why.</param>
internal sealed record SurveyFacts(
    IReadOnlyList<SeenKey> Keys, IReadOnlyList<SeenCronJob> CronJobs, IReadOnlyList<SeenPort> Ports, IReadOnlyList<SeenUnit> Units,
    IReadOnlyList<SeenProgram> Programs, IReadOnlyList<Doing> Doings, IReadOnlyList<string> Unread);

/// <summary>A key that lets somebody in.</summary>
/// <param name="User">As whom.</param>
/// <param name="Since">When its file was last changed.</param>
internal sealed record SeenKey(string User, string File, DateTimeOffset? Since, string Type, string Fingerprint, string Comment);

/// <summary>A line that cron acts on.</summary>
/// <param name="When">Five fields, or a word as <c>@daily</c>.</param>
/// <param name="Command">Without what looks like a secret.</param>
internal sealed record SeenCronJob(string File, int Line, DateTimeOffset? Since, string User, string When, string Command);

/// <summary>A TCP port on which somebody listens.</summary>
/// <param name="Address">As <c>0.0.0.0</c> or <c>[::]</c>.</param>
/// <param name="User">Whose process it is; <c>-</c> where that could not be seen.</param>
/// <param name="Unit">The last part of its control group: <c>nginx.service</c>.</param>
/// <param name="Noted">A start that we know of.</param>
/// <param name="Name">What the program calls itself.</param>
internal sealed record SeenPort(string Address, int Port, string User, string Unit, bool Noted, string Name)
{
    public bool IsLocal => Address.StartsWith("127.", StringComparison.Ordinal) || Address is "[::1]" or "::1";
}

/// <summary>A file in /etc/systemd/system: a unit, or what changes one.</summary>
internal sealed record SeenUnit(string Path, DateTimeOffset? Since);

/// <summary>A program that a file of the system's supervisor defines.</summary>
internal sealed record SeenProgram(string Path, DateTimeOffset? Since, string Name);

/// <summary>A login, or a command with sudo or su.</summary>
/// <param name="At">By the server's clock.</param>
internal sealed record Doing(DateTimeOffset At, string User, string What);

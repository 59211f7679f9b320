namespace Reconciler.Cli;

/// <summary>Exit codes, as --help lists them (sysexits.h for 64, 65 and 75).</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Error = 1;

    /// <summary>Differences found; only with --detailed-exitcode.</summary>
    public const int Differences = 2;

    /// <summary>Held, or waiting for something.</summary>
    public const int HeldOrWaiting = 3;
    public const int BadUsage = 64;
    public const int InvalidDesiredState = 65;

    /// <summary>Another controller holds the lease or the ledger.</summary>
    public const int LeaseHeld = 75;

    public const string Help =
        "Exit codes: 0 done or no difference; 1 error, something refused or not seen; 2 differences found (with --detailed-exitcode); "
        + "3 held, set aside or waiting; "
        + "64 bad usage, or a settings file that is refused; 65 invalid desired state (of plan and converge also when what is in force "
        + "was done and git's newest commit is refused); 75 another controller holds the lease.";
}

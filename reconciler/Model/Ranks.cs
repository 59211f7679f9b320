namespace Reconciler.Model;

/// <summary>Ranks of steps, mostly in Prepare, where one kind's work needs another's: lower first, with a barrier across servers between ranks.</summary>
internal static class Ranks
{
    /// <summary>apt packages that only add.</summary>
    public const int Packages = 0;

    /// <summary>Accounts, then directories and files that must be there early.</summary>
    public const int Accounts = 10;

    public const int Directories = 15;

    /// <summary>redis, PostgreSQL: started where they are not running.</summary>
    public const int Backing = 20;

    public const int Databases = 25;

    /// <summary>Git objects and the worktree of the new commit.</summary>
    public const int Code = 30;

    public const int VirtualEnvironment = 40;

    /// <summary>What runs the new code: checks, pending migrations, static files.</summary>
    public const int Trials = 50;

    /// <summary>Candidate nginx configuration tried.</summary>
    public const int Nginx = 60;

    /// <summary>In any phase: after what the phase is there for.</summary>
    public const int Tasks = 100;

    /// <summary>In Secrets: what logs in with a password that is set there.</summary>
    public const int AfterPassword = 10;

    /// <summary>In Backup: what has to hold before anything is dumped.</summary>
    public const int BeforeBackup = -10;

    /// <summary>Added to what has to be through before the cover is put up.</summary>
    public const int BeforeCover = -10;
}

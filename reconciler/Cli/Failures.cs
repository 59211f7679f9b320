using Reconciler.Documents.Editing;
using Reconciler.Git;
using Reconciler.Journaling;
using Reconciler.Remote;

namespace Reconciler.Cli;

/// <summary>Faults that a person can do something about become a sentence and an exit code; anything else is a bug and shows its trace.</summary>
internal static class Failures
{
    public static async Task<int> ToExitCodeAsync(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (UsageException fault)
        {
            return Say(fault.Message, ExitCode.BadUsage);
        }
        catch (LedgerException fault) when (fault.Fault == LedgerFault.Locked)
        {
            return Say(fault.Message, ExitCode.LeaseHeld);
        }
        catch (Exception fault) when (
            fault is LedgerException or GitException or SessionException or EnrollmentException or RequestException or EditException)
        {
            return Say(fault.Message, ExitCode.Error);
        }
        catch (OperationCanceledException)
        {
            return Say("stopped", ExitCode.Error);
        }
    }

    private static int Say(string sentence, int code)
    {
        Console.Error.WriteLine($"reconciler: {sentence}");
        return code;
    }
}

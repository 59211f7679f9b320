using Reconciler.Documents.Editing;
using Reconciler.Git;
using Reconciler.Importing;
using Reconciler.Journaling;
using Reconciler.Remote;
using Reconciler.Secrets;
using Reconciler.Serving;

namespace Reconciler.Cli;

/// <summary>Faults that a person can do something about become a sentence and an exit code; anything else is a bug and shows its trace.</summary>
internal static class Failures
{
    /// <param name="say">How it is said; as one line on stderr without it.</param>
    public static async Task<int> ToExitCodeAsync(Func<Task<int>> command, Action<string>? say = null)
    {
        int Say(string sentence, int code)
        {
            if (say is null)
                Console.Error.WriteLine($"reconciler: {sentence}");
            else
                say(sentence);
            return code;
        }

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
        catch (Exception fault) when (fault
            is LedgerException or GitException or SessionException or EnrollmentException or RequestException or ServingException or EditException
                or ImportException or SecretSourceException)
        {
            return Say(fault.Message, ExitCode.Error);
        }
        catch (OperationCanceledException)
        {
            return Say("stopped", ExitCode.Error);
        }
    }
}

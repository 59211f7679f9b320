using Reconciler.Model;

namespace Reconciler.Turns.Surveys;

/// <summary>One round trip: what everybody may read by the shell alone, the rest by the runner.</summary>
internal static class SurveyScript
{
    /// <summary>Printed where all was looked at that needs no rights, and by the runner where the rest was.</summary>
    public const string Looked = "looked", Surveyed = "surveyed";

    private const string Text =
        """
        for f in /etc/systemd/system/*.service /etc/systemd/system/*.socket /etc/systemd/system/*.timer /etc/systemd/system/*.path \
            /etc/systemd/system/*.mount /etc/systemd/system/*.d/*.conf; do
          [ -f "$f" ] && [ ! -h "$f" ] || continue
          case $f in *[[:cntrl:]]*) continue;; esac
          printf 'unit %s %s\n' "$(stat -c %Y -- "$f")" "$f"
        done
        for f in /etc/supervisor/supervisord.conf /etc/supervisor/conf.d/*.conf /etc/supervisord.conf /etc/supervisord.d/*.ini; do
          [ -f "$f" ] || continue
          case $f in *[[:cntrl:]]*) continue;; esac
          [ -r "$f" ] || { printf 'unread %s: only root may read it\n' "$f"; continue; }
          printf 'programs %s %s\n' "$(stat -L -c %Y -- "$f")" "$f"
          while read -r l; do
            case $l in \[program:*\]*|\[fcgi-program:*\]*|\[eventlistener:*\]*) l=${l#*:}; printf 'program %s\n' "${l%%\]*}";; esac
          done <"$f"
        done
        echo looked
        """;

    /// <param name="since">From when on it is to be told who was at work.</param>
    public static Probe Probe(DateTimeOffset since) => new(Text) { Request = RunnerRequest.Survey(since) };
}

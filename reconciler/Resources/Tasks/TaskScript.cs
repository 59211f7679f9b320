using Reconciler.Model;

namespace Reconciler.Resources.Tasks;

/// <summary>The script around a task's command: intent, command, end, each durable before what follows.</summary>
internal static class TaskScript
{
    public static string Of(TaskSpec spec) => $$"""
        f={{Shell.Quote(spec.Record)}}
        note() { printf '%s\n' "$*" >"$f.new" && sync "$f.new" && mv -f "$f.new" "$f" && sync "${f%/*}"; }
        {{(spec.Unless is { } unless ? $"if ( exec {unless} ) </dev/null; then note unneeded {spec.Run}; exit; fi\n" : "")}}
        note begun {{spec.Run}} || exit 1
        ( exec {{spec.Command}} ) </dev/null
        code=$?
        {{(spec.Collects is { } link ? $"[ \"$code\" != 0 ] || {BuiltFolder.NoteAnew(link)}" : "")}}note ended {{spec.Run}} "$code" || exit 1
        exit "$code"

        """;

    /// <summary>This number ended well, or was not needed.</summary>
    public static string Proof(TaskSpec spec) =>
        $"f={Shell.Quote(spec.Record)}; [ -f \"$f\" ] && read -r l <\"$f\" && case $l in 'ended {spec.Run} 0'|'unneeded {spec.Run}') ;; *) false;; esac";
}

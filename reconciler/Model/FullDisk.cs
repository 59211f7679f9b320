namespace Reconciler.Model;

/// <summary>What a script says of a disk that is full, as a person has to hear it: which file system, how much is free, and what makes room.</summary>
internal static class FullDisk
{
    /// <summary>
    /// A fragment that runs a function of the script in a shell of its own, shows what it printed, and goes on after it where it failed, with
    /// <c>code</c> set; a function that came through ends the script. Where the disk is to blame, which of the two that a build writes to is worked out before
    /// anything is cleaned up.
    /// </summary>
    /// <param name="what">What the room is for: <c>the virtualenv</c>.</param>
    public static string Telling(string function, string what) => $$"""
        room() { stat -f -c '%a %S %d %c' -- "$1" | { read -r blocks size inodes all
        if [ "$all" -gt 0 ] && [ "$inodes" -lt 16 ]; then echo 0; else echo $((blocks * size / 1024)); fi; }; }
        tell() {
        at=. tmp=${TMPDIR:-/tmp}
        [ "$(room .)" -le "$(room "$tmp")" ] || at=$tmp
        at=$(stat -c %m -- "$at")
        stat -f -c '%a %S %d %c' -- "$at" | { read -r blocks size inodes all
        by=
        if [ "$all" -gt 0 ] && [ "$inodes" -lt 16 ]; then by='--inodes '; fi
        echo "ERROR: $1: the file system at $at has $((blocks * size / 1024)) KiB and $inodes inodes free, and {{what}} needs more; make room there," \
        "\`du ${by}-x $at | sort -n | tail -n 20\` names the folders that take most"; }
        }
        { {{function}}; echo "@ended $?"; } 2>&1 | {
        code=1 full=
        while IFS= read -r line; do
        case $line in
        '@ended '*) code=${line#@ended }; continue;;
        *'No space left on device'*) full='the disk is full';;
        *'Disk quota exceeded'*) full="the disk quota of $(id -un) is used up";;
        esac
        printf '%s\n' "$line"
        done
        [ -z "$full" ] || [ "$code" = 0 ] || tell "$full"
        exit "$code"
        }
        code=$?
        [ "$code" != 0 ] || exit 0
        """;
}

using System.Globalization;
using Reconciler.Model;

namespace Reconciler.Resources.Database;

/// <summary>Backups before what cannot be undone (seeds/003: 388), each proven by reading it to its end.</summary>
internal static class BackupScripts
{
    /// <summary>Asked before users are warned, where a look saw too little of it, and once more before the dump, which is smaller than the database as a rule.</summary>
    public static string Room(DatabaseSpec spec, DatabaseBackup backup) => DatabaseScripts.Head(spec) + $$"""
        folder={{Shell.Quote(backup.Directory)}}
        [ -w "$folder" ] || fail "postgres may not write to $folder"
        size=$(echo "SELECT pg_database_size(:'name')" | sql)
        free=$(($(df -Pk -- "$folder" | { read -r _; read -r _ _ _ free _; echo "$free"; }) * 1024))
        [ "$free" -gt "$size" ] || fail "no room for a dump in $folder: $free bytes are free, the database has $size: make room there"

        """;

    /// <summary>
    /// Dumps, reads the dump back whole, and only then gives it its name. The time in the name is the server's. Prints <c>dump FILE BYTES</c>.
    /// </summary>
    public static string Dump(DatabaseSpec spec, DatabaseBackup backup) => Room(spec, backup) + $$"""
        ours=$(pg_dump --version | sed 's/[^0-9]*\([0-9]*\).*/\1/') theirs=$(($(echo 'SHOW server_version_num' | sql) / 10000))
        [ "$ours" -ge "$theirs" ] || fail "pg_dump is of version $ours, the server of $theirs: install postgresql-client-$theirs there"
        last= was=0
        {{Dumps}}
        for one in "$folder/$name"-${day}T${time}Z.dump; do [ -f "$one" ] && last=$one; done
        [ -z "$last" ] || was=$(stat -c %s -- "$last")
        file=$folder/$name-$(date -u +%Y%m%dT%H%M%SZ).dump
        part=$file.part
        trap 'rm -f "$part"' EXIT
        trap 'exit 1' HUP INT TERM
        pg_dump -Fc --lock-wait-timeout=60s -d "$name" -f "$part"
        {{Readable("\"$part\"")}}
        is=$(stat -c %s -- "$part")
        [ "$((is * 2))" -ge "$was" ] || fail "the dump has $is bytes, less than half of the last one, $last with $was: see that nothing is lost; if that is right, move the last one away"
        sync "$part"
        mv "$part" "$file"
        sync "$folder"
        line="dump $file $(stat -c %s "$file")"
        # Stored for the next look, and said in the receipt.
        echo "$line"
        echo "$line" >&2

        """;

    /// <summary>Accepts the newest file of somebody else's scheduled backups. Prints <c>accept FILE BYTES</c>.</summary>
    public static string Accept(DatabaseSpec spec, DatabaseBackup backup) => DatabaseScripts.Head(spec) + $$"""
        folder={{Shell.Quote(backup.Directory)}} age={{Seconds(backup.MaxAge)}}
        newest=$(find "$folder" -maxdepth 1 -type f -printf '%T@ %p\n' | sort -n | tail -n 1)
        [ -n "$newest" ] || fail "there is no backup in $folder"
        file=${newest#* }
        old=$(($(date +%s) - $(stat -c %Y -- "$file")))
        [ "$old" -le "$age" ] || fail "the newest backup $file is $old s old, git allows $age s"
        case $(head -c 5 -- "$file") in
        PGDMP)
            {{Readable("\"$file\"")}}
            pg_restore --list "$file" | grep -q "^; *dbname: $name\$" ||
                fail "$file is not a backup of database $name";;
        *)
            case $file in *.gz) gzip -t -- "$file" || fail "$file cannot be read to its end";; esac
            case $file in *.gz) gzip -dc -- "$file";; *) cat -- "$file";; esac | tail -c 4096 | grep -q 'PostgreSQL database dump complete' ||
                fail "$file does not end as a backup of PostgreSQL does";;
        esac
        line="accept $file $(stat -c %s -- "$file")"
        echo "$line"
        echo "$line" >&2

        """;

    /// <summary>Removes the oldest dumps of this database. Their names sort by time, and no other file has such a name.</summary>
    public static string Prune(DatabaseSpec spec, DatabaseBackup backup) => DatabaseScripts.Head(spec) + $$"""
        {{Dumps}}
        set -- {{Shell.Quote(backup.Directory)}}/"$name"-${day}T${time}Z.dump
        while [ $# -gt {{Math.Max(1, backup.Keep)}} ]; do
            rm -f -- "$1"
            echo "removed $1"
            shift
        done

        """;

    /// <summary>How their names end, which sort by time.</summary>
    private const string Dumps = "day='[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]' time='[0-9][0-9][0-9][0-9][0-9][0-9]'";

    /// <summary>The table of contents proves little: only reading every row's data finds a dump that was cut off.</summary>
    private static string Readable(string file) =>
        $"[ -s {file} ] || fail \"the dump is empty\"\n"
        + $"pg_restore --list {file} >/dev/null || fail {file} \"cannot be read as a dump\"\n"
        + $"pg_restore -f /dev/null {file} || fail {file} \"cannot be read to its end\"";

    private static string Seconds(TimeSpan time) => ((long)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}

#!/bin/sh
# The runner: every change that the reconciler makes on this server goes through this script. It belongs to root; the reconciler's login may start
# it, without arguments, by a sudo rule that names this file's digest. POSIX sh with coreutils, util-linux, grep and findutils, and the programs
# that a verb is about. One request is read on stdin:
#
#   reconciler-runner 1
#   ledger ID                    whose controller asks
#   fence NUMBER                 refused when lower than the highest seen
#   operation RUN.STEP.ATTEMPT   takes effect at most once; `-`: a reading request, without locks, fence and receipt
#   deadline SECONDS             then TERM, ten seconds later KILL, to the step's whole process group
#   patience SECONDS             how long another operation that still runs is waited for
#   verb NAME
#   arg TEXT                     any number; a byte that is not plain is written \0OOO (octal)
#   payload LENGTH               any number; an empty line, then that many bytes each
#
# The answer's first line is `runner: CODE: sentence` (refused: nothing was changed), or `answer fresh`, `answer replayed`, `answer running
# OPERATION`, `answer interrupted`, `answer absent`; after the first two follows the receipt. A reading request gets its plain output, and refusals
# on stderr.
#
# Codes: 3 a simulation shows too much change; 64 bad request; 65 path or user not allowed; 66 what is asked for is not there; 69 this server
# cannot; 73 another operation still runs; 74 withdrawn before it began; 75 another ledger or a lower fence; 76 began earlier, never ended; 124 deadline.
#
# Files, below /var/lib/reconciler/server:
#   fence             LEDGER NUMBER
#   fence.unsure      while the fence is written: whether it is on the disk yet is not known
#   receipts/OP       what became of an operation (0700); OP.begun while it runs, or when it never ended
#   kept/PATH/NOTE    what was replaced, the newest five of each path (0700)
#   placed/PATH       NOTE INODE SIZE MTIME CTIME of a file as it was placed, as stat's %i %s %.9Y %.9Z (readable by the login, as those below)
#   installed/NAME    a package that was not there before this runner installed it
#   started/NAME      lines `pid PID TICKS`, `boot ID`, `read KEY MARKER` of a service at its start
#   results/NAME      stdout of a script that was asked to keep it, at most 1 MiB
#
# shellcheck disable=SC1007,SC2015,SC2174,SC2209,SC2119,SC2120,SC2013

set -u
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
IFS=' 	
'
umask 077

RUNNER=/usr/local/lib/reconciler/runner
STATE=/var/lib/reconciler/server
SPOOL=/run/reconciler
CONF=/etc/reconciler/runner.conf

# Seconds that a program is given to begin before it is told to `end`.
SETTLES=10

# --- answers

# refuse CODE SENTENCE: nothing was changed. Inside a step it is noted for the receipt; to a reading request it is said on stderr.
refuse() {
    case $mode in
        step) printf '%s %s\n' "$1" "$2" >"$work/refusal"; printf 'runner: %s: %s\n' "$1" "$2" ;;
        read) printf 'runner: %s: %s\n' "$1" "$2" >&2 ;;
        *) printf 'runner: %s: %s\n' "$1" "$2" ;;
    esac
    exit "$1"
}

fail() {
    printf '%s\n' "$1"
    exit 1
}

is_number() { case $1 in '' | *[!0-9]* | ??????????????*) return 1 ;; esac; }

is_name() { case $1 in '' | [.-]* | *[!A-Za-z0-9@._:+-]*) return 1 ;; esac; [ ${#1} -le 128 ]; }

# --- the request

read_request() {
    IFS= read -r line || refuse 64 "there is no request on stdin"
    [ "$line" = "reconciler-runner 1" ] || refuse 64 "this runner speaks version 1: enroll the server again"
    operation=- ledger=- fence=0 deadline=60 patience=30 verb= arguments= payloads= total=0 ended=
    while IFS= read -r line; do
        value=${line#* }
        case $line in
            'arg '*) read_argument ;;
            'payload '*) is_number "$value" || refuse 64 "payload needs a length"; payloads="$payloads $value" total=$((total + value)) ;;
            'verb '*) verb=$value ;;
            'operation '*) operation=$value ;;
            'ledger '*) ledger=$value ;;
            'fence '*) fence=$value ;;
            'deadline '*) deadline=$value ;;
            'patience '*) patience=$value ;;
            '') ended=yes; break ;;
            *) refuse 64 "unknown header line" ;;
        esac
    done
    [ "$ended" ] || refuse 64 "the request was cut short"
    for value in "$fence" "$deadline" "$patience"; do
        is_number "$value" || refuse 64 "fence, deadline and patience are whole numbers"
    done
    [ "$operation" = - ] || { is_name "$operation" && is_name "$ledger"; } || refuse 64 "operation and ledger are names"
}

read_argument() {
    case $value in *\\*) value=$(printf '%b.' "$value") value=${value%.} ;; esac
    case $value in *[[:cntrl:]]*) refuse 64 "an argument holds a control character" ;; esac
    arguments="$arguments$value
"
}

# Everything is on this machine before anything begins: a connection that breaks off leaves nothing half done. Memory (/run) keeps secrets off the
# disk; only what is large goes there.
spool_request() {
    folder=$SPOOL
    [ "$total" -le 33554432 ] || folder=$STATE/spool
    [ -d "$folder" ] || mkdir -p -m 0711 "$folder" || refuse 69 "cannot make $folder"
    work=$folder/$operation.$$
    # Others may pass through it, to a script that is theirs to run, but not look around.
    mkdir -m 0711 "$work" || refuse 69 "cannot write to $folder: is the disk full?"
    trap 'rm -rf "$work"' EXIT
    trap 'exit 129' HUP INT TERM
    printf '%s\n%s\n%s\n%s\n%s\n%s\n%s\n%s' "$operation" "$ledger" "$fence" "$deadline" "$patience" "$verb" "$payloads" "$arguments" >"$work/request" ||
        refuse 69 "cannot write to $folder: is the disk full?"
    count=0
    for length in $payloads; do
        count=$((count + 1))
        head -c "$length" >"$work/$count" || refuse 69 "cannot write to $folder: is the disk full?"
    done
    [ "$count" = 0 ] || [ "$payloads" = "$(lengths)" ] || refuse 64 "the payload was cut short"
}

lengths() {
    n=0
    set --
    while [ "$n" -lt "$count" ]; do n=$((n + 1)) && set -- "$@" "$work/$n"; done
    stat --printf ' %s' "$@"
}

load_request() {
    { read -r operation; read -r ledger; read -r fence; read -r deadline; read -r patience; read -r verb; read -r payloads; } <"$work/request"
    parts=0
    for _ in $payloads; do parts=$((parts + 1)); done
}

# --- the closed lists, in root's hands

load_lists() {
    roots= links= users= login=
    if [ -f "$CONF" ]; then
        while read -r word value; do
            case $word in
                root) roots="$roots $value" ;;
                link) links="$links $value" ;;
                user) users="$users $value" ;;
                login) login=$value ;;
            esac
        done <"$CONF"
    fi
    [ "$roots" ] || roots="/srv /var/www /var/backups /opt /etc/nginx /etc/supervisor /etc/systemd/system /etc/redis /etc/postgresql /etc/profile.d \
/var/lib/reconciler/cover"
}

# within LIST PATH: strictly below one of the roots.
within_roots() {
    for root in $roots; do
        case $1 in "$root"/?*) return 0 ;; esac
    done
    return 1
}

# outside PATH REAL [FOLDER]: FOLDER is what would have to be allowed.
outside() {
    folder=${3-${2%/*}}
    [ "$1" = "$2" ] && how= || how=" (really $2)"
    case $folder in
        '' | /etc | /usr | /bin | /sbin | /lib | /lib64 | /boot | /dev | /proc | /sys | /run | /root | /home | /var | /var/lib) ;;
        *) how="$how, and only root may add one: root $folder" ;;
    esac
    refuse 65 "$1 is outside the folders allowed in $CONF$how"
}

check_path() {
    case $1 in /?*) ;; *) refuse 65 "$1 is not an absolute path" ;; esac
    case $1/ in *//* | */./* | */../*) refuse 65 "$1 is not a plain path" ;; esac
}

# Goes to the folder that holds PATH and stays there: what is then done by its name alone cannot be led elsewhere by a link swapped in meanwhile.
enter_parent() {
    check_path "$1"
    name=${1##*/} parent=${1%/*}
    cd -P -- "${parent:-/}" 2>/dev/null || refuse 66 "there is no folder ${parent:-/}"
    real=${PWD%/}/$name
    within_roots "$real" && return
    [ "${2-}" = link ] && for link in $links; do [ "$real" = "$link" ] && return; done
    outside "$1" "$real"
}

# account USER: sets uid, gid and home of a user whose processes and files the reconciler may handle.
account() {
    is_name "$1" || refuse 64 "$1 is not a user name"
    entry=$(getent passwd -- "$1") || refuse 66 "there is no user $1"
    IFS=: read -r _ _ uid gid _ home _ <<EOF
$entry
EOF
    [ "$uid" != 0 ] && [ "$1" != "$login" ] || refuse 65 "$1 is never acted for"
    for group in $(id -Gn -- "$1"); do
        case $group in root | sudo | admin | wheel | docker | lxd | disk | shadow) refuse 65 "$1 is in group $group, so nothing is run as it" ;; esac
    done
    [ -z "$users" ] && return
    for user in $users; do [ "$user" = "$1" ] && return; done
    refuse 65 "$1 is not among the users allowed in $CONF"
}

check_owner() {
    case $1 in *[!A-Za-z0-9@._:-]* | -* | :* | *: | *:*:*) refuse 64 "$1 is not OWNER:GROUP" ;; ?*:?*) ;; *) refuse 64 "$1 is not OWNER:GROUP" ;; esac
}

# owner_known OWNER:GROUP: for the reason why it could not be given.
owner_known() {
    getent passwd -- "${1%%:*}" >/dev/null || refuse 66 "there is no user ${1%%:*}"
    getent group -- "${1#*:}" >/dev/null || refuse 66 "there is no group ${1#*:}"
}

check_mode() { case $1 in [0-7][0-7][0-7] | 0[0-7][0-7][0-7]) ;; *) refuse 64 "$1 is not a mode" ;; esac; }

# --- ledger and fence

check_fence() {
    # The file is replaced whole, so to find it as it should be needs no lock; whether it is on the disk as well, its writer may not have lived to see.
    [ ! -e "$STATE/fence.unsure" ] && [ -f "$STATE/fence" ] && read -r seen_ledger seen_fence <"$STATE/fence" && [ "$seen_ledger $seen_fence" = "$ledger $fence" ] && return
    exec 8>>"$STATE/fence.lock"
    flock 8
    seen_ledger=- seen_fence=0
    [ -f "$STATE/fence" ] && read -r seen_ledger seen_fence <"$STATE/fence"
    if [ "$seen_ledger" != - ] && [ "$seen_ledger" != "$ledger" ] && [ "$seen_ledger" != "${1-}" ]; then
        other="have the controller with that ledger do it (\`reconciler doctor\` on a controller names its ledger)"
        freed="where that controller is ended for good, \`reconciler takeover\` on this one takes the server over"
        refuse 75 "this server obeys ledger $seen_ledger, not $ledger, as $STATE/fence on it says: $other; $freed"
    fi
    if [ "$seen_ledger" = "$ledger" ] && [ "$fence" -lt "$seen_fence" ]; then
        refuse 75 "fencing number $fence is lower than $seen_fence: another controller has taken over, or this ledger is an older copy"
    fi
    if [ "$seen_ledger" != "$ledger" ] || [ "$seen_fence" != "$fence" ] || [ -e "$STATE/fence.unsure" ]; then
        true >"$STATE/fence.unsure" || refuse 69 "cannot write $STATE/fence: is the disk full?"
        write_durably "$STATE/fence" 0644 "$ledger $fence"
        rm -f "$STATE/fence.unsure"
    fi
    exec 8>&-
}

# write_durably FILE MODE TEXT
write_durably() {
    printf '%s\n' "$3" >"$1.new" && chmod "$2" "$1.new" && sync "$1.new" && mv -f "$1.new" "$1" && sync "${1%/*}" ||
        refuse 69 "cannot write $1: is the disk full?"
}

make_state() {
    [ -d "$STATE" ] || (umask 022; mkdir -p "$STATE") || refuse 69 "cannot make $STATE"
    for folder in receipts kept; do
        [ -d "$STATE/$folder" ] || mkdir -p -m 0700 "$STATE/$folder" || refuse 69 "cannot make $STATE/$folder"
    done
    for folder in placed started results; do
        [ -d "$STATE/$folder" ] && continue
        mkdir -p -m 0750 "$STATE/$folder" || refuse 69 "cannot make $STATE/$folder"
        [ -z "$login" ] || chgrp -- "$login" "$STATE/$folder"
    done
}

# --- a step, from lock to receipt

# What sudo started. It lives and dies with the session; the step does not.
front() {
    mode=front work=
    read_request
    [ "$operation" != - ] || mode=read
    load_lists
    make_state
    case $verb in
        hello) say_hello; exit ;;
        receipt) say_receipt; exit ;;
    esac
    spool_request
    if [ "$mode" = read ]; then
        case $verb in digest | lookup | logs | run | survey | try) ;; *) refuse 64 "$verb needs an operation id" ;; esac
        timeout --kill-after=10 "$deadline" /bin/sh "$RUNNER" perform "$work" </dev/null
        exit
    fi
    case $verb in
        # takeover FROM: the asking ledger is obeyed from now on, if FROM was.
        takeover) check_fence "${arguments%%
*}"; printf 'answer fenced\n'; exit ;;
        fence) check_fence; sweep; printf 'answer fenced\n'; exit ;;
    esac
    check_fence
    trap - EXIT
    setsid --wait /bin/sh "$RUNNER" supervise "$work" </dev/null 2>/dev/null
    exit
}

# In a session of its own: a lost connection is nothing to it. It answers at the end, if somebody still listens.
supervise() {
    mode=front work=$1 over=
    trap 'rm -rf "$work" "$over"' EXIT
    load_request
    receipt=$STATE/receipts/$operation
    [ ! -f "$receipt" ] || answer replayed
    exec 9>>"$STATE/step.lock"
    flock -w "$patience" 9 || not_ended
    [ ! -f "$receipt" ] || answer replayed
    if [ "$verb" = settle ]; then settle; fi
    [ ! -f "$receipt.begun" ] || refuse 76 "$operation began earlier and never ended: look what became of it, then use a new attempt"
    # Somebody may have taken over while another step was waited for.
    check_fence
    read -r boot </proc/sys/kernel/random/boot_id
    read -r begun _ </proc/uptime
    printf '%s\n' "$boot" >"$receipt.begun" && sync "$STATE/receipts" || refuse 69 "cannot write $STATE/receipts: is the disk full?"
    act
    write_receipt || refuse 69 "the step ended with exit code $code, but its receipt cannot be written: is the disk full?"
    answer fresh
}

not_ended() {
    [ "$verb" = settle ] && { printf 'answer running %s\n' "$(running)"; exit 0; }
    refuse 73 "operation $(running) is still running"
}

running() {
    for file in "$STATE"/receipts/*.begun; do
        [ -f "$file" ] && [ ! -f "${file%.begun}" ] && file=${file##*/} && printf '%s ' "${file%.begun}"
    done
}

# answer HOW: the receipt; our exit code is 0 only if the step's was.
answer() {
    if [ ! "$head" ]; then
        code=1
        while read -r word value; do
            [ "$word" != exit ] || { code=$value; break; }
        done <"$receipt"
    fi
    # Perhaps nobody listens any more. Not earlier: what a step starts would ignore the signal as well.
    trap '' PIPE
    printf 'answer %s\n' "$1"
    if [ "$head" ]; then printf '%s\n\n' "$head" && show_output; else cat "$receipt"; fi
    [ "$code" = 0 ]
    exit
}

# settle: nothing runs, we hold the lock. An operation that has not begun by now never will.
settle() {
    if [ -f "$receipt.begun" ]; then
        # The power went while it was written.
        rm -f "$receipt.new"
        printf 'answer interrupted\n'
        exit 0
    fi
    check_fence
    code=74 passed=no begun=0 boot=-
    printf '74 withdrawn before it began\n' >"$work/refusal"
    write_receipt || refuse 69 "cannot write $STATE/receipts: is the disk full?"
    answer fresh
}

act() {
    : >"$work/out"
    case $verb in
        run | run-with-input | try | nginx-try | apt-install | apt-remove) act_with_pipe ;;
        *)
            timeout --kill-after=10 "$deadline" /bin/sh "$RUNNER" perform "$work" </dev/null >"$work/out" 2>&1 &
            wait_for_step
            ;;
    esac
}

# timeout leads a process group of its own; past the deadline nothing of it is left.
wait_for_step() {
    group=$!
    wait "$group"
    code=$?
    passed=no
    read -r now _ </proc/uptime
    case $code in
        124 | 137) [ $((${now%.*} - ${begun%.*})) -lt "$deadline" ] || { passed=yes; kill -s KILL -- "-$group" 2>/dev/null; } ;;
    esac
}

# Output of any length goes through a pipe that keeps its first and last 32 KiB.
act_with_pipe() {
    open_pipe out 32768
    timeout --kill-after=10 "$deadline" /bin/sh "$RUNNER" perform "$work" </dev/null >"$work/out.pipe" 2>&1 &
    wait_for_step
    close_pipe out
    cat "$work/out.head" >"$work/out"
    if [ -s "$work/out.tail" ]; then
        printf '\n[...]\n' >>"$work/out"
        cat "$work/out.tail" >>"$work/out"
    fi
}

# open_pipe NAME BYTES: what is written to $work/NAME.pipe is kept in NAME.head, up to so many bytes, and its last 32 KiB beyond them in NAME.tail.
open_pipe() {
    mkfifo "$work/$1.pipe"
    capture "$work/$1" "$2" <"$work/$1.pipe" 9>&- &
    capture=$!
}

capture() {
    trap 'kill -TERM "$child" 2>/dev/null; exit 0' TERM
    exec 3<&0
    stdbuf -o0 head -c "$2" <&3 >"$1.head" &
    child=$!
    wait "$child"
    tail -c 32768 <&3 >"$1.tail" &
    child=$!
    wait "$child"
    : >"$1.captured"
    if [ -f "$1.timer" ]; then read -r child <"$1.timer" && kill "$child" 2>/dev/null; fi
}

# close_pipe NAME: when the writer has ended. A daemon that it left behind may hold the pipe open for ever: it gets two seconds.
close_pipe() {
    if [ ! -f "$work/$1.captured" ]; then
        sleep 2 9>&- &
        timer=$!
        printf '%s\n' "$timer" >"$work/$1.timer"
        [ ! -f "$work/$1.captured" ] || kill "$timer" 2>/dev/null
        wait "$timer" 2>/dev/null
        [ -f "$work/$1.captured" ] || kill -TERM "$capture"
    fi
    wait "$capture"
}

write_receipt() {
    refusal=
    if [ -f "$work/refusal" ]; then
        read -r line <"$work/refusal"
        refusal="
refused $line"
    fi
    read -r now _ </proc/uptime
    now=${now%.*} ended=$(date +%s)
    [ "$begun" = 0 ] && begun=$now
    head="operation $operation
ledger $ledger
fence $fence
verb $verb
exit $code
deadline-passed $passed$refusal
boot $boot
started $((ended - now + ${begun%.*}))
ended $ended"
    { printf '%s\n\n' "$head" && show_output; } >"$receipt.new" && sync "$receipt.new" && mv -f "$receipt.new" "$receipt" && sync "$STATE/receipts" || return
    # Not earlier: when the power goes, a disk may have forgotten the receipt and know of this. Where it is left over, the receipt counts.
    over=$receipt.begun
}

show_output() { [ ! -s "$work/out" ] || cat "$work/out"; }

say_hello() {
    known=- number=0
    [ -f "$STATE/fence" ] && read -r known number <"$STATE/fence"
    read -r boot </proc/sys/kernel/random/boot_id
    version=$(sha256sum <"$RUNNER")
    printf 'answer hello\nversion %s\nledger %s\nfence %s\nboot %s\n' "${version%% *}" "$known" "$number" "$boot"
}

say_receipt() {
    operation=${arguments%%
*}
    is_name "$operation" || refuse 64 "receipt needs an operation id"
    receipt=$STATE/receipts/$operation
    [ ! -f "$receipt" ] || answer replayed
    if [ ! -f "$receipt.begun" ]; then
        printf 'answer absent\n'
    elif flock -n "$STATE/step.lock" true; then
        # It may have ended while we looked.
        [ ! -f "$receipt" ] || answer replayed
        printf 'answer interrupted\n'
    else
        printf 'answer running %s\n' "$operation"
    fi
}

# At each new fence, so once per start of a controller: what nobody will ask for again.
sweep() {
    find "$STATE/receipts" -type f -mtime +30 -delete
    find "$SPOOL" "$STATE/spool" -mindepth 1 -maxdepth 1 -type d -mmin +1440 -exec rm -rf {} + 2>/dev/null
}

# These two need none of what follows, and do not wait for a shell to read it.
head=
case ${1-} in
    '') front ;;
    supervise) supervise "$2" ;;
esac

# --- the step itself

perform() {
    # The lock stays with those who wait for this process; what it starts must not have it.
    exec 9>&-
    mode=step work=$1
    load_request
    [ "$operation" != - ] || mode=read
    load_lists
    cd /
    set --
    skip=7
    while IFS= read -r line; do
        if [ "$skip" -gt 0 ]; then skip=$((skip - 1)); else set -- "$@" "$line"; fi
    done <"$work/request"
    case $verb in
        place | restore | remove | directory | link | user | unit | supervisor | signal | nginx | run | try | digest | lookup | logs | start | reload | survey) "verb_$verb" "$@" ;;
        remove-tree) verb_remove_tree "$@" ;;
        forget-kept) verb_forget_kept "$@" ;;
        apt-install) verb_apt_install "$@" ;;
        apt-hold) verb_apt_hold "$@" ;;
        apt-remove) verb_apt_remove "$@" ;;
        note-started) verb_note_started "$@" ;;
        nginx-try) verb_nginx_try "$@" ;;
        run-with-input) verb_run_with_input "$@" ;;
        *) refuse 64 "there is no verb $verb" ;;
    esac
}

# content FILE: joins the payload's parts.
content() {
    n=0
    while [ "$n" -lt "$parts" ]; do
        n=$((n + 1))
        cat "$work/$n" || return
    done >"$1"
}

# --- files

# place PATH MODE OWNER:GROUP NOTE: the payload's parts, joined, are the content.
verb_place() {
    [ $# = 4 ] || refuse 64 "place needs 4 arguments"
    # As it came, where it came in one: a process less while users wait.
    if [ "$parts" = 1 ]; then new=$work/1; else new=$work/content && content "$new"; fi || refuse 69 "cannot write to $work: is the disk full?"
    put "$@"
}

# restore PATH MODE OWNER:GROUP NOTE
verb_restore() {
    [ $# = 4 ] && is_name "$4" || refuse 64 "restore needs 4 arguments"
    check_path "$1"
    [ -f "$STATE/kept$1/$4" ] || refuse 66 "no copy $4 of $1 was kept"
    new=$work/content
    cat "$STATE/kept$1/$4" >"$new" || refuse 69 "cannot read the kept copy"
    put "$@"
}

put() {
    check_mode "$2"
    check_owner "$3"
    is_name "$4" || refuse 64 "$4 is not a note"
    enter_parent "$1"
    [ ! -d "./$name" ] || [ -h "./$name" ] || refuse 65 "$1 is a directory"
    mode_only=${2#0}
    if [ -f "./$name" ] && [ ! -h "./$name" ] && cmp -s "$new" "./$name"; then
        if [ "$(stat -c '%a %U:%G' "./$name")" = "$mode_only $3" ]; then
            note_placed "$1" "$4" "$(stat -c '%i %s %.9Y %.9Z' "./$name")"
            printf 'unchanged\n'
            return
        fi
    else
        keep "$1"
    fi
    # The new file is handled through its descriptor: in a folder that belongs to somebody else, its name can be made to mean another file.
    name_fresh
    set -C
    command exec 7>"$fresh" || refuse 69 "cannot write beside $1"
    set +C
    if ! { cat "$new" >&7 && chown -- "$3" /proc/self/fd/7 && chmod -- "$2" /proc/self/fd/7 && sync /proc/self/fd/7; }; then
        rm -f -- "$fresh"
        owner_known "$3"
        refuse 69 "cannot write beside $1: is the disk full?"
    fi
    mv -fT -- "$fresh" "./$name" && sync . || fail "$1 could not be replaced"
    note_placed "$1" "$4" "$(stat -L -c '%i %s %.9Y %.9Z' /proc/self/fd/7)"
}

# What a step left beside the file that the power or a kill ended may hold a secret, so it goes first.
name_fresh() {
    fresh=./.$name.reconciler-$$
    for left in "./.$name.reconciler-"*; do [ ! -e "$left" ] && [ ! -h "$left" ] || rm -f -- "$left"; done
}

# note_placed PATH NOTE STAT
note_placed() {
    (
        umask 022
        record=$STATE/placed$1
        [ ! -d "$record" ] || rm -rf "$record"
        make_folders "${record%/*}" 2>/dev/null || clear_way "${record%/*}"
        # As durable as the file: who does not know it again takes it for a hand's edit, and that is in the way of going back.
        printf '%s %s\n' "$2" "$3" >"$record.new" && sync "$record.new" && mv -f "$record.new" "$record" && sync "${record%/*}"
    )
}

# A record that stands where a folder is needed is of a file that is gone.
clear_way() {
    way=$1
    while [ ! -f "$way" ] && [ "$way" != "$STATE/placed" ]; do way=${way%/*}; done
    [ "$way" = "$STATE/placed" ] || rm -f "$way"
    make_folders "$1"
}

# Keeps a copy of ./$name, which stands at PATH, under the note that it was placed with, or its SHA-256 if somebody changed it since.
keep() {
    folder=$STATE/kept$1 note= whose=
    if [ -h "./$name" ]; then
        note=link
    elif [ ! -f "./$name" ]; then
        return 0
    elif [ -f "$STATE/placed$1" ] && read -r note stat <"$STATE/placed$1" && [ "${stat% *}" != "$(stat -c '%i %s %.9Y' "./$name")" ]; then
        # The last change of its mode or owner is no change of what is in it.
        note= whose=" changed by hand since it was placed: $1; the edit is the newest file in $folder"
    fi
    make_folders "$folder" || refuse 69 "cannot keep a copy of $1: is the disk full?"
    if [ "$note" = link ]; then readlink "./$name"; else cat "./$name"; fi >"$folder/.new" || refuse 69 "cannot keep a copy of $1: is the disk full?"
    [ "$note" ] || { note=$(sha256sum <"$folder/.new") && note=${note%% *}; }
    sync "$folder/.new" && mv -f "$folder/.new" "$folder/$note" && sync "$folder" || refuse 69 "cannot keep a copy of $1: is the disk full?"
    printf 'kept %s%s\n' "$note" "$whose"
    prune_kept "$folder" 5
}

# make_folders FOLDER: with what is missing above it, all on the disk.
make_folders() {
    [ -d "$1" ] || { make_folders "${1%/*}" && mkdir -p "$1" && sync "${1%/*}"; }
}

prune_kept() {
    most=$2
    set -- "$1" "$1"/*
    [ $# -gt $((most + 1)) ] || return 0
    find "$1" -maxdepth 1 -type f -printf '%T@ %p\n' | sort -rn | tail -n "+$((most + 1))" | while read -r _ file; do rm -f -- "$file"; done
}

# forget-kept PATH COUNT: removes all but the newest COUNT kept copies.
verb_forget_kept() {
    [ $# = 2 ] && is_number "$2" || refuse 64 "forget-kept needs a path and a number"
    check_path "$1"
    [ ! -d "$STATE/kept$1" ] || prune_kept "$STATE/kept$1" "$2"
}

# remove PATH
verb_remove() {
    [ $# = 1 ] || refuse 64 "remove needs 1 argument"
    check_path "$1"
    # The folder may be gone as well.
    parent=${1%/*}
    [ -d "${parent:-/}" ] || return 0
    enter_parent "$1" link
    [ ! -d "./$name" ] || [ -h "./$name" ] || refuse 65 "$1 is a directory"
    keep "$1"
    name_fresh
    rm -f -- "./$name" && sync . || fail "$1 could not be removed"
    rm -f -- "$STATE/placed$1" 2>/dev/null
    :
}

# directory PATH MODE OWNER:GROUP: a root itself may be made, and its mode and owner set. Nothing is made that could not be given its owner.
verb_directory() {
    [ $# = 3 ] || refuse 64 "directory needs 3 arguments"
    check_mode "$2"
    check_owner "$3"
    check_path "$1"
    owner_known "$3"
    left=${1#/}
    while [ -n "$left" ]; do
        part=${left%%/*}
        case $left in */*) left=${left#*/} ;; *) left= ;; esac
        if [ ! -d "./$part" ]; then
            [ ! -e "./$part" ] && [ ! -h "./$part" ] || refuse 65 "${PWD%/}/$part is not a directory"
            may_make "${PWD%/}/$part" || { real=${PWD%/}/$part${left:+/$left}; outside "$1" "$real" "$real"; }
            mkdir -m 0755 -- "./$part" && sync . || fail "${PWD%/}/$part could not be made"
        fi
        cd -P -- "./$part" || fail "cannot enter $1"
    done
    may_make "$PWD" || outside "$1" "$PWD" "$PWD"
    [ "$(stat -c '%a %U:%G' .)" = "${2#0} $3" ] || { chown -- "$3" . && chmod -- "$2" . && sync .; } || fail "$1 could not be given its mode and owner"
}

may_make() {
    within_roots "$1" && return
    for root in $roots; do
        case $root in "$1") return 0 ;; esac
    done
    return 1
}

# link PATH TARGET
verb_link() {
    [ $# = 2 ] && [ -n "$2" ] || refuse 64 "link needs 2 arguments"
    enter_parent "$1" link
    if [ -h "./$name" ]; then
        [ "$(readlink "./$name")" != "$2" ] || return 0
    elif [ -d "./$name" ]; then
        aside=$name.replaced-$(date +%s)
        mv -T -- "./$name" "./$aside" || fail "$1 could not be moved aside"
        printf 'moved the directory that was there to %s\n' "$aside"
    else
        keep "$1"
    fi
    name_fresh
    ln -s -- "$2" "$fresh" && mv -fT -- "$fresh" "./$name" && sync . || fail "$1 could not be made"
}

# remove-tree PATH
verb_remove_tree() {
    [ $# = 1 ] || refuse 64 "remove-tree needs 1 argument"
    check_path "$1"
    [ -d "${1%/*}" ] || return 0
    enter_parent "$1"
    case $PWD in *.d) ;; *) refuse 65 "$1 does not lie directly in a folder named *.d" ;; esac
    within_roots "$PWD" || refuse 65 "$1 is outside the folders allowed in $CONF"
    rm -rf --one-file-system -- "./$name" || fail "$1 could not be removed whole"
}

# user NAME HOME
verb_user() {
    [ $# = 2 ] || refuse 64 "user needs 2 arguments"
    case $1 in [!a-z_]* | *[!a-z0-9_-]* | '' | ?????????????????????????????????*) refuse 64 "$1 is not a name for an account" ;; esac
    check_path "$2"
    case $2 in *:*) refuse 64 "$2 cannot be a home" ;; esac
    if ! getent passwd -- "$1" >/dev/null; then
        if getent group -- "$1" >/dev/null; then set -- "$1" "$2" --gid "$1"; else set -- "$1" "$2" --user-group; fi
        name=$1 home=$2
        shift 2
        useradd --system --no-create-home --home-dir "$home" --shell /usr/sbin/nologin "$@" -- "$name" || fail "the account could not be made"
        set -- "$name"
    fi
    account "$1"
}

# --- packages and services

# apt-install only-new|upgrade WORD...
verb_apt_install() {
    how=${1-}
    case $how in only-new | upgrade) ;; *) refuse 64 "apt-install needs only-new or upgrade" ;; esac
    shift
    [ $# -gt 0 ] || return 0
    for word in "$@"; do
        case $word in [!a-z0-9]* | *[!A-Za-z0-9+.:~=-]* | *=*=* | *-) refuse 64 "$word is not a package" ;; esac
    done
    for word in "$@"; do
        # apt-get takes an unknown name with a dot for a regular expression, and installs whatever matches.
        case ${word%%=*} in *.*) apt-cache show -- "${word%%=*}" >/dev/null 2>&1 || refuse 66 "apt knows no package ${word%%=*}" ;; esac
    done
    export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l APT_LISTCHANGES_FRONTEND=none
    patience=$((deadline > 90 ? deadline - 60 : deadline / 2))
    lists_are_fresh || apt_update
    if ! apt_get --simulate install -- "$@" >"$work/plan" 2>&1; then
        # A package or version that nobody knows may be in lists newer than ours.
        apt_update
        apt_get --simulate install -- "$@" >"$work/plan" 2>&1 || { cat "$work/plan"; refuse 66 "apt cannot install $*"; }
    fi
    if [ "$how" = only-new ]; then
        # "Inst NAME [OLD] (NEW" is an upgrade, "Inst NAME (NEW" is not.
        changes=$(grep -E '^(Remv|Inst [^ ]+ \[)' "$work/plan" | cut -d ' ' -f 1-2 | sort -u | tr '\n' ';')
        [ -z "$changes" ] || refuse 3 "installing $* would change what is installed: $changes"
    fi
    new=$(for word in "$@"; do is_installed "${word%%=*}" || printf '%s ' "${word%%=*}"; done)
    apt_get --yes install -- "$@" >"$work/log" 2>&1
    code=$?
    tail -n 60 "$work/log"
    [ "$code" = 0 ] || name_holder "$work/log"
    # Only what is noted here is ever removed again, so a note that is lost does no harm.
    [ "$code" != 0 ] || for word in $new; do note_installed "$word"; done
    exit "$code"
}

is_installed() { dpkg-query -W -f='${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed; }

note_installed() { (umask 022 && mkdir -p "$STATE/installed" && : >"$STATE/installed/$1"); }

# apt-remove NAME...: only packages that this runner installed, and only where nothing else goes with them.
verb_apt_remove() {
    [ $# -gt 0 ] || return 0
    for word in "$@"; do
        is_package_name "$word" || refuse 64 "$word is not the name of a package"
        [ -e "$STATE/installed/$word" ] || refuse 66 "package $word was not installed by this runner"
    done
    export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l APT_LISTCHANGES_FRONTEND=none
    patience=$((deadline > 90 ? deadline - 60 : deadline / 2))
    apt_get --simulate remove -- "$@" >"$work/plan" 2>&1 || { cat "$work/plan"; refuse 66 "apt cannot remove $*"; }
    for word in $(grep '^Remv ' "$work/plan" | cut -d ' ' -f 2); do
        case " $* " in *" ${word%%:*} "*) ;; *) refuse 3 "removing $* would also remove $word" ;; esac
    done
    apt_get --yes remove -- "$@" >"$work/log" 2>&1
    code=$?
    tail -n 60 "$work/log"
    [ "$code" = 0 ] || { name_holder "$work/log"; exit "$code"; }
    for word in "$@"; do rm -f "$STATE/installed/$word"; done
}

is_package_name() { case $1 in '' | [!a-z0-9]* | *[!a-z0-9+.-]* | *-) return 1 ;; esac; }

# apt-hold NAME...: apt upgrades them for nobody any more.
verb_apt_hold() {
    [ $# -gt 0 ] || return 0
    for word in "$@"; do
        is_package_name "$word" || refuse 64 "$word is not the name of a package"
        is_installed "$word" || refuse 66 "package $word is not installed"
    done
    apt-mark hold -- "$@" || fail "apt-mark could not hold $*"
}

apt_get() {
    apt-get --quiet -o "DPkg::Lock::Timeout=$patience" -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 "$@"
}

lists_are_fresh() { [ -n "$(find "$STATE/apt-updated" /var/lib/apt/lists -maxdepth 1 -type f -mtime -1 -print -quit 2>/dev/null)" ]; }

# The lock on the lists is not covered by apt's own waiting.
apt_update() {
    read -r since _ </proc/uptime
    until apt_get update >"$work/log" 2>&1; do
        read -r now _ </proc/uptime
        if ! grep -q 'Could not get lock' "$work/log" || [ $((${now%.*} - ${since%.*})) -ge "$patience" ]; then
            tail -n 20 "$work/log"
            name_holder "$work/log"
            # Old lists may do; the simulation decides.
            return 0
        fi
        sleep 2
    done
    : >"$STATE/apt-updated"
}

name_holder() {
    holder=$(grep -Eo 'held by process [0-9]+ \([^)]*\)' "$1" | tail -n 1)
    # apt names it only in a progress that it may not come to print.
    if [ ! "$holder" ] && grep -qE 'Unable to (acquire|lock)|Could not get lock' "$1"; then
        for file in /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock; do holder_of "$file"; done
    fi
    [ -z "$holder" ] || printf "apt's lock is %s; it was waited for, and is never broken\n" "$holder"
}

# holder_of FILE: sets holder where somebody has a lock on it. The kernel knows (proc(5), /proc/locks).
holder_of() {
    inode=$(stat -c %i "$1" 2>/dev/null) || return 0
    while read -r _ kind _ _ pid place _; do
        case $kind:$place in POSIX:*":$inode") { read -r comm <"/proc/$pid/comm"; } 2>/dev/null && holder="held by process $pid ($comm)" ;; esac
    done </proc/locks
}

# unit ACTION UNIT...: those of systemctl, and `end`: stop, but not what has only just begun.
verb_unit() {
    [ $# -ge 1 ] || refuse 64 "unit needs an action"
    action=$1
    shift
    case $action in
        start | stop | end | restart | reload | enable | disable) [ $# -ge 1 ] || refuse 64 "$action needs a unit" ;;
        daemon-reload) set -- ;;
        *) refuse 64 "$action is not an action for units" ;;
    esac
    for unit in "$@"; do is_name "$unit" || refuse 64 "$unit is not the name of a unit"; done
    case $action in
        start | restart) systemctl reset-failed -- "$@" 2>/dev/null ;;
        end)
            # The link is made anew at each start (systemd 236); as for programs of supervisor, `tell` in talk.
            n=0
            for unit in "$@"; do
                while [ "$n" -lt "$SETTLES" ] && [ -n "$(find "/run/systemd/units/invocation:$unit" -newermt "$SETTLES seconds ago" 2>/dev/null)" ]; do
                    n=$((n + 1))
                    sleep 1
                done
            done
            action=stop
            ;;
    esac
    systemctl --no-ask-password --no-pager "$action" -- "$@" && return
    code=$?
    [ $# = 0 ] || systemctl --no-pager --full --lines=10 status -- "$@"
    exit "$code"
}

# enter_supervisor CONFIG USER: sets config, and uid, gid and home of the user. A configuration may name code to load and a socket to trust, so one
# that is not the system's (-) is read as the user whose supervisord it is.
enter_supervisor() {
    config=$1
    if [ "$config" = - ]; then
        config=/etc/supervisor/supervisord.conf
        [ -f "$config" ] || config=/etc/supervisord.conf
    else
        check_path "$config"
        account "$2"
    fi
    command -v python3 >/dev/null || refuse 66 "there is no python3, so there is no supervisor"
}

# talk CONFIG USER ACTION PROGRAM [SIGNAL | PROGRAM...]: prints STATE PID for each process; exit 4 when no supervisord answers. It speaks to supervisord itself,
# because supervisorctl takes ten times as long to begin, waits until a started program counts as running, and loads
# what a configuration names. (supervisor 4.2, XML-RPC; the states are those of supervisor/states.py, the faults of supervisor/xmlrpc.py.)
talk() {
    asker=as_user
    [ "$1" != - ] || asker=
    enter_supervisor "$1" "$2"
    shift 2
    $asker python3 -I -S -B - "$SETTLES" "$config" "$@" <<'PYTHON'
import _socket, binascii, os, pyexpat, sys, time

settles, config, action, program, *more = sys.argv[1:]
SETTLES = int(settles)
group = program.partition(":")[0]


def settings():
    section, found = "", {}
    try:
        lines = open(config, encoding="utf-8", errors="replace").read().splitlines()
    except OSError:
        return found
    for line in lines:
        words = (" " + line.replace("\t", " ")).replace(" #", " ;").partition(" ;")[0].strip()
        key, _, value = words.partition("=" if ":" not in words.partition("=")[0] else ":")
        if words.startswith("["):
            section = words.partition("]")[0][1:]
        elif section == "supervisorctl":
            found[key.strip().lower()] = value.strip()
    return found


ini = settings()


def setting(key, default=""):
    return ini.get(key, default) % {"here": os.path.dirname(config), **{"ENV_" + name: value for name, value in os.environ.items()}}


url = setting("serverurl", "http://localhost:9001")
login = setting("username") + ":" + setting("password")


class Fault(Exception):
    pass


def connect():
    if url.startswith("unix://"):
        connection = _socket.socket(_socket.AF_UNIX)
        connection.connect(url[len("unix://"):])
        return connection
    host, _, port = url.split("//")[-1].strip("/").partition(":")
    connection = _socket.socket(_socket.AF_INET)
    connection.connect((host, int(port or 80)))
    return connection


def send(body):
    head = "POST /RPC2 HTTP/1.0\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n" % len(body)
    if login != ":":
        head += "Authorization: Basic %s\r\n" % binascii.b2a_base64(login.encode(), newline=False).decode()
    connection, answer = connect(), b""
    try:
        connection.sendall(head.encode() + b"\r\n" + body)
        while True:
            part = connection.recv(65536)
            if not part:
                break
            answer += part
    finally:
        connection.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    status = head.partition(b"\r\n")[0].decode("ascii", "replace").split(" ", 1)[-1]
    if not status.startswith("200"):
        sys.exit("%s: %s" % (url, status or "gave no answer"))
    return body


# XML-RPC as far as supervisord speaks it, by hand: Python's own library takes four times as long to load, in steps behind the maintenance page.
def read(body):
    values, marks, text, typed, failed = [], [], [], [], []

    def start(tag, _):
        text.clear()
        if tag in ("array", "struct"):
            marks.append(len(values))
        typed[:] = [tag != "value"]

    def end(tag):
        said = "".join(text)
        text.clear()
        if tag in ("int", "i4"):
            values.append(int(said))
        elif tag == "boolean":
            values.append(said.strip() == "1")
        elif tag in ("string", "name") or tag == "value" and not typed[0]:
            values.append(said)
        elif tag in ("array", "struct"):
            items = values[marks[-1]:]
            del values[marks.pop():]
            values.append(items if tag == "array" else dict(zip(items[::2], items[1::2])))
        elif tag == "fault":
            failed.append(True)
        typed[:] = [True]

    parser = pyexpat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text.append
    parser.Parse(body, True)
    if failed:
        raise Fault(values[0]["faultString"])
    return values[0]


class Supervisor:
    def __getattr__(self, method):
        def word(value):
            if isinstance(value, int):
                return "<%s>%d</%s>" % (("boolean", value, "boolean") if isinstance(value, bool) else ("int", value, "int"))
            return "<string>%s</string>" % value.replace("&", "&amp;").replace("<", "&lt;")

        def call(*values):
            params = "".join("<param><value>%s</value></param>" % word(value) for value in values)
            return read(send(("<?xml version='1.0'?><methodCall><methodName>supervisor.%s</methodName><params>%s</params></methodCall>" % (method, params)).encode()))
        return call


supervisor = Supervisor()
STATES = {0: "stopped", 10: "starting", 20: "running", 30: "starting", 40: "running"}


def processes(of=program):
    group, _, process = of.partition(":")
    return [one for one in supervisor.getAllProcessInfo() if one["group"] == group and process in ("", "*", one["name"])]


def name(one):
    return one["group"] + ":" + one["name"]


def say(found):
    for one in found:
        print(STATES.get(one["state"], "failed"), one["pid"])
    if not found:
        print("absent 0")


def tell(found):
    for one in found:
        if action == "end" and one["state"] in (10, 20):
            # A worker of celery 5.2 that is told to end in the last moments of its beginning waits for children that have not begun, until its time is up.
            time.sleep(max(0, min(SETTLES, one["start"] + SETTLES - one["now"])))
        if one["state"] in (10, 20, 30):
            supervisor.stopProcess(name(one), False)


def stop():
    tell(processes())
    if action in ("stop", "end"):
        for other in more:
            try:
                tell(processes(other))
            except Fault:
                pass  # Its own step says so.
    # Waiting in supervisord takes up to a second longer: it looks once a second, and whenever it is asked something.
    while any(one["state"] == 40 for one in processes()):
        time.sleep(0.02)


def update():
    added, changed, removed = supervisor.reloadConfig()[0]
    if group in changed + removed:
        stop()
        supervisor.removeProcessGroup(group)
    if group in changed + added:
        supervisor.addProcessGroup(group)
    return group in changed + added


try:
    before = processes()
    if action == "pid":
        print(supervisor.getPID())
        sys.exit()
    if action == "shutdown":
        supervisor.shutdown()
        sys.exit()
    if action == "logs":
        for one in before:
            # Tracebacks go to stderr, so that comes last.
            for tail in (supervisor.tailProcessStdoutLog, supervisor.tailProcessStderrLog):
                try:
                    sys.stdout.buffer.write(tail(name(one), 0, 8192)[0].encode("utf-8", "replace"))
                except Fault:
                    pass
        sys.exit()
    if action in ("stop", "end") and before:
        stop()
        say(before)
        sys.exit()
    if action == "signal":
        for one in before:
            supervisor.signalProcess(name(one), more[0])
    if action == "remove":
        update()
    if action in ("start", "restart"):
        fresh = update()
        found = processes()
        # Of one that ends as soon as it is started, supervisor waits longer each time.
        if any(one["state"] == 30 for one in found) or action == "restart" and not fresh and any(one["state"] in (10, 20) for one in found):
            stop()
        for one in processes():
            if one["state"] not in (10, 20):
                supervisor.startProcess(name(one), False)
    say(processes())
except Fault as fault:
    sys.exit("%s: %s" % (program, fault))
except (FileNotFoundError, ConnectionRefusedError):
    sys.exit(4)
except OSError as error:
    sys.exit("%s: %s" % (url, error.strerror))
PYTHON
}

# supervisor CONFIG USER ACTION PROGRAM NAME [PROGRAM]...: stop, end (the same, but not what has only just begun) or remove; those after NAME are told to stop as well, and not waited for.
verb_supervisor() {
    [ $# -ge 5 ] || refuse 64 "supervisor needs 5 arguments"
    case $3 in
        stop | end) ;;
        remove) [ $# = 5 ] || refuse 64 "remove takes one program" ;;
        *) refuse 64 "$3 is not an action for programs" ;;
    esac
    config=$1 user=$2 action=$3 program=$4 note=$5
    for word in "$program" "$note"; do is_name "$word" || refuse 64 "$word is not a name"; done
    shift 5
    for word in "$@"; do is_name "$word" || refuse 64 "$word is not a name"; done
    talk "$config" "$user" "$action" "$program" "$@" >"$work/processes"
    case $? in 0) ;; 4) echo "no supervisord runs" ;; *) return 1 ;; esac
    [ "$action" != remove ] || return 0
    while read -r _ pid; do
        [ "$pid" = 0 ] || end_group "$pid"
    done <"$work/processes"
    end_orphans "$note"
}

# Processes that were noted at the start and that no supervisor has ended: it was killed itself, and another does not know them.
end_orphans() {
    [ -f "$STATE/started/$1" ] && read -r now </proc/sys/kernel/random/boot_id && grep -qxF "boot $now" "$STATE/started/$1" || return 0
    while read -r word pid ticks; do
        [ "$word" = pid ] && [ "$(ticks_of "$pid")" = "$ticks" ] || continue
        kill -s TERM -- "-$pid" || continue
        n=0
        while group_lives "$pid" && [ "$n" -lt $(((deadline - 15) * 20)) ]; do
            n=$((n + 1))
            sleep 0.05
        done
        end_group "$pid"
    done <"$STATE/started/$1"
}

# What outlives its parent (workers of a master that was killed) is given ten seconds.
end_group() {
    n=0
    while group_lives "$1"; do
        n=$((n + 1))
        [ "$n" != 200 ] || kill -s KILL -- "-$1"
        [ "$n" -lt 300 ] || fail "processes of group $1 are left"
        sleep 0.05
    done
}

group_lives() {
    for file in /proc/[0-9]*/stat; do
        read -r line <"$file" || continue
        line=${line##*) }
        case $line in Z* | X*) continue ;; esac
        line=${line#* * }
        [ "${line%% *}" != "$1" ] || return 0
    done 2>/dev/null
    return 1
}

# lookup WORD...: prints lines STATE PID TICKS.
verb_lookup() {
    check_lookup "$@"
    case $1 in
        supervisor) if [ "$2" = - ] || known "$3"; then look_supervisor "$2" "$3" "$4"; else echo absent 0 0; fi ;;
        unit) look_unit "$2" ;;
        process) if known "$2"; then account "$2"; look_process "$3"; else echo absent 0 0; fi ;;
    esac
}

# Who is not there (yet) has no processes.
known() {
    is_name "$1" || refuse 64 "$1 is not a user name"
    getent passwd -- "$1" >/dev/null
}

# logs WORD...: the end of what a service wrote, as its manager kept it. The login may read neither log files of programs nor the journal.
verb_logs() {
    check_lookup "$@"
    case $1 in
        supervisor) { [ "$2" = - ] || known "$3"; } && talk "$2" "$3" logs "$4" || [ -z "${5-}" ] || journal "$5" ;;
        unit) journal "$2" ;;
        process) ;;
    esac
}

# What systemd says of its own doings explains nothing.
journal() {
    is_name "$1" || refuse 64 "$1 is not the name of a unit"
    journalctl --quiet --no-pager --output=cat --lines=60 --unit="$1" 2>/dev/null |
        grep -Ev '^(Start|Stopp)(ing|ed) |: (Scheduled restart job|Deactivated successfully|Consumed )' | tail -n 40
}

check_lookup() {
    case ${1-} in
        supervisor) { [ $# = 4 ] || { [ $# = 5 ] && is_name "$5"; }; } && is_name "$4" || refuse 64 "lookup supervisor CONFIG USER PROGRAM [UNIT]" ;;
        unit) [ $# = 2 ] && is_name "$2" || refuse 64 "lookup unit NAME" ;;
        process) [ $# = 3 ] || refuse 64 "lookup process USER PATTERN" ;;
        *) refuse 64 "lookup of supervisor, unit or process" ;;
    esac
}

look_supervisor() {
    talk "$1" "$2" lookup "$3" >"$work/status"
    case $? in 0) ;; 4) echo absent 0 0; return ;; *) return 1 ;; esac
    while read -r state pid; do say_process "$state" "$pid"; done <"$work/status"
}

look_unit() {
    systemctl show --property=LoadState --property=ActiveState --property=MainPID -- "$1" >"$work/status" || fail "systemd does not answer"
    load= active= pid=0
    while IFS='=' read -r key value; do
        case $key in LoadState) load=$value ;; ActiveState) active=$value ;; MainPID) pid=$value ;; esac
    done <"$work/status"
    case $load/$active in
        not-found/*) state=absent ;;
        */active | */reloading) state=running ;;
        */activating) state=starting ;;
        */failed) state=failed ;;
        *) state=stopped ;;
    esac
    say_process "$state" "$pid"
}

look_process() {
    find_processes "$1"
    found=
    for pid in $matching; do
        # Of a master and its workers, the master.
        case " $matching " in *" $(parent_of "$pid") "*) continue ;; esac
        found=yes
        say_process running "$pid"
    done
    [ "$found" ] || echo stopped 0 0
}

# Sets matching to the processes of uid whose command line matches the extended regular expression.
find_processes() {
    matching=
    for entry in $(stat -c '%u:%n' /proc/[0-9]* 2>/dev/null); do
        case $entry in "$uid:"*) ;; *) continue ;; esac
        pid=${entry##*/}
        line=$(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null) || continue
        printf '%s\n' "${line% }" | grep -Eq -e "$1" && matching="$matching $pid"
    done
}

# The fields of /proc/PID/stat after the name, which may itself hold spaces and brackets: the first is the state, the second the parent, the 20th
# the start in ticks.
stat_fields() {
    read -r line <"/proc/$1/stat" || return
    printf '%s\n' "${line##*) }"
} 2>/dev/null

parent_of() { stat_fields "$1" | cut -d ' ' -f 2; }

ticks_of() { stat_fields "$1" | cut -d ' ' -f 20; }

say_process() {
    ticks=0
    [ "$2" = 0 ] || ticks=$(ticks_of "$2")
    printf '%s %s %s\n' "$1" "$2" "${ticks:-0}"
}

# start NAME COUNT WORD... (KEY MARKER)...: returns when there is a process, not when it is ready. The payload, if any, is the script that starts it,
# or its supervisord, as the user of the lookup.
verb_start() { noting start "$@"; }

# reload NAME COUNT WORD... (KEY MARKER)...
verb_reload() { noting reload "$@"; }

# note-started NAME COUNT WORD... (KEY MARKER)...
verb_note_started() { noting look "$@"; }

noting() {
    action=$1
    [ $# -ge 3 ] && is_name "$2" && is_number "$3" && [ $# -ge $((3 + $3)) ] || refuse 64 "$verb needs a name and a lookup"
    record=$STATE/started/$2 count=$3
    shift 3
    [ $((($# - count) % 2)) = 0 ] || refuse 64 "markers come in pairs"
    n=0
    for word in "$@"; do
        n=$((n + 1))
        [ "$n" -le "$count" ] || printf '%s\n' "$word"
    done >"$work/markers"
    case $count in
        2) set -- "$1" "$2" ;;
        3) set -- "$1" "$2" "$3" ;;
        4) set -- "$1" "$2" "$3" "$4" ;;
        5) set -- "$1" "$2" "$3" "$4" "$5" ;;
    esac
    check_lookup "$@"
    # What runs already has read what was there before: to note what is there now, it must be another process.
    how=start
    [ ! -s "$work/markers" ] || how=restart
    case $action in
        look) verb_lookup "$@" >"$work/processes" || exit ;;
        *) "${action}_$1" "$@" || exit ;;
    esac
    write_note
}

write_note() {
    while read -r state pid ticks; do
        [ "$pid" = 0 ] || printf 'pid %s %s\n' "$pid" "$ticks"
    done <"$work/processes" >"$work/started"
    [ -s "$work/started" ] || grep -q '^running ' "$work/processes" || fail "it is not running, so there is nothing to note"
    read -r boot </proc/sys/kernel/random/boot_id
    printf 'boot %s\n' "$boot" >>"$work/started"
    while read -r key && read -r marker; do printf 'read %s %s\n' "$key" "$marker"; done <"$work/markers" >>"$work/started"
    (umask 022; cat "$work/started" >"$record.new" && sync "$record.new" && mv -f "$record.new" "$record") || fail "cannot write $record"
    cat "$work/started"
}

# start_supervisor - CONFIG USER PROGRAM [UNIT]
start_supervisor() {
    [ -z "${5-}" ] || [ ! -d /run/systemd/system ] || [ ! -f "/etc/systemd/system/$5" ] || enter_unit "$2" "$3" "$4" "$5"
    talk "$2" "$3" "$how" "$4" >"$work/status"
    case $? in
        0) ;;
        4) start_supervisord "$2" "$3" "$4" ;;
        *) return 1 ;;
    esac
    while read -r state pid; do say_process "$state" "$pid"; done <"$work/status" >"$work/processes"
}

# enter_unit CONFIG USER PROGRAM UNIT: from here on that supervisord runs in its unit, as the unit's file says now.
enter_unit() {
    systemctl show --property=ActiveState --property=MainPID -- "$4" >"$work/unit" || fail "systemd does not answer"
    active= main=0
    while IFS='=' read -r key value; do
        case $key in ActiveState) active=$value ;; MainPID) main=$value ;; esac
    done <"$work/unit"
    talk "$1" "$2" pid "$3" >"$work/supervisord"
    case $? in 0) ;; 4) : >"$work/supervisord" ;; *) exit 1 ;; esac
    other=
    read -r other <"$work/supervisord"
    is_number "$other" || other=$main
    # One that was started by hand, or by us before there were units: two would fight over the socket and the ports.
    if [ "$other" != "$main" ]; then
        talk "$1" "$2" shutdown "$3" >/dev/null
        n=0
        while [ -d "/proc/$other" ]; do
            n=$((n + 1))
            [ "$n" -lt $(((deadline - 15) * 20)) ] || fail "supervisord $other was told to end, and still runs"
            sleep 0.05
        done
    elif [ "$active" = active ] && is_number "$main" && [ "$main" != 0 ] && ! is_younger "/etc/systemd/system/$4" "$main"; then
        return
    fi
    systemctl daemon-reload
    verb_unit restart "$4"
    # Whatever it started is as new as can be.
    how=start
    n=0
    until talk "$1" "$2" pid "$3" >/dev/null; do
        n=$((n + 1))
        [ "$n" -lt 100 ] || { journal "$4"; fail "unit $4 was started, but its supervisord does not answer"; }
        sleep 0.1
    done
}

# is_younger FILE PID: the file was written after the process began. Ages in 1/100 s, for ticks count from the boot and dates do not.
is_younger() {
    ticks=$(ticks_of "$2")
    [ -n "$ticks" ] || return 0
    read -r up _ </proc/uptime
    now=$(date +%s%2N) written=$(stat -c %.2Y -- "$1") || return 0
    [ $((now - ${written%.*}${written#*.})) -lt $((${up%.*}${up#*.} - ticks)) ]
}

start_supervisord() {
    # Not start: systemd would first wait out the 50 s that Debian's unit has between a crash and the next start.
    if [ "$1" = - ]; then systemctl restart supervisor; else launch "$2"; fi || fail "supervisord does not start"
    n=0
    until talk "$1" "$2" start "$3" >"$work/status"; do
        n=$((n + 1))
        [ "$n" -lt 30 ] || fail "supervisord was started, but does not answer"
        sleep 0.1
    done
}

start_unit() {
    case $(systemctl show --property=NeedDaemonReload --property=SubState -- "$2") in
        *NeedDaemonReload=yes*) systemctl daemon-reload ;;
        # It crashed, and start would wait until systemd starts it again.
        *SubState=auto-restart*) how=restart ;;
    esac
    verb_unit "$how" "$2" && look_unit "$2" >"$work/processes"
}

start_process() {
    account "$2"
    find_processes "$3"
    [ -z "$matching" ] || [ "$how" = start ] || fail "it runs already:$matching"
    [ -n "$matching" ] || launch "$2" || fail "it does not start"
    n=0
    until look_process "$3" >"$work/processes" && ! grep -q '^stopped' "$work/processes"; do
        n=$((n + 1))
        [ "$n" -lt 100 ] || fail "it was started, but there is no process that matches"
        sleep 0.05
    done
}

# launch USER: runs the payload. What it starts leaves this session, so the end of the step is not its end.
launch() {
    [ "$parts" = 1 ] || refuse 64 "there is no script that starts it"
    account "$1"
    cat "$work/1" >"$work/script" && chown -- "$uid" "$work/script" && chmod 0400 "$work/script" || refuse 69 "cannot hand over the script"
    (umask 022; as_user /bin/sh "$work/script")
}

reload_supervisor() {
    talk "$2" "$3" signal "$4" HUP >"$work/status" || return
    while read -r state pid; do say_process "$state" "$pid"; done <"$work/status" >"$work/processes"
}

reload_unit() { verb_unit reload "$2" && look_unit "$2" >"$work/processes"; }

reload_process() {
    account "$2"
    look_process "$3" >"$work/processes"
    while read -r _ pid _; do
        [ "$pid" = 0 ] || kill -HUP "$pid"
    done <"$work/processes"
}

# signal USER PATTERN SIGNAL
verb_signal() {
    [ $# = 3 ] || refuse 64 "signal needs 3 arguments"
    case $3 in TERM | INT | HUP | QUIT | USR1 | USR2 | WINCH | KILL) ;; *) refuse 64 "$3 is not a signal that is sent" ;; esac
    account "$1"
    find_processes "$2"
    for pid in $matching; do kill -"$3" "$pid" 2>/dev/null; done
    printf 'sent to:%s\n' "$matching"
}

# nginx test|reload
verb_nginx() {
    command -v nginx >/dev/null || refuse 66 "nginx is not installed"
    nginx -t || exit
    case ${1-} in test) return ;; reload) ;; *) refuse 64 "nginx test or reload" ;; esac
    master=
    [ -f /run/nginx.pid ] && read -r master </run/nginx.pid
    is_number "$master" && [ -d "/proc/$master" ] || fail "nginx is not running: no process as in /run/nginx.pid"
    before=" $(workers "$master")"
    errors=$(stat -c %s /var/log/nginx/error.log 2>/dev/null)
    kill -HUP "$master"
    n=0
    while [ "$n" -lt 200 ]; do
        for pid in $(workers "$master"); do
            case "$before" in *" $pid "*) ;; *) return 0 ;; esac
        done
        n=$((n + 1))
        sleep 0.05
    done
    printf 'nginx was told to reload, but no new worker serves after 10 s: the old configuration is still in use\n'
    [ -z "$errors" ] || tail -c "+$((errors + 1))" /var/log/nginx/error.log | grep -F '[emerg]' | tail -n 5
    exit 1
}

# A worker that the new configuration brought up is a child that was not there before and is no cache process.
workers() {
    for pid in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
        case $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null) in *"worker process is shutting down"*) ;; *"worker process"*) printf '%s ' "$pid" ;; esac
    done
}

# nginx-try STORE NOTE PATH...: one payload part for each path; those beyond the parts are tried as if they were not there. When the test passes,
# results/STORE holds the note.
verb_nginx_try() {
    [ $# -ge $((parts + 2)) ] && [ "$parts" -gt 0 ] && is_name "$1" || refuse 64 "nginx-try needs a store, a note, and a content for each path"
    command -v nginx >/dev/null || refuse 66 "nginx is not installed"
    store=$1 note=$2
    shift 2
    for path in "$@"; do check_path "$path"; done
    inside nginx_inside "$@" || exit
    printf '%s\n' "$note" >"$work/stored"
    keep_result
}

nginx_inside() {
    make_private
    # A copy of the whole folder: so additions can be tried as well, and links in it keep their meaning.
    cp -a /etc/nginx "$work/private/nginx" && mount --bind "$work/private/nginx" /etc/nginx || refuse 69 "cannot try it beside the live configuration"
    n=0
    for path in "$@"; do
        n=$((n + 1))
        case $path in
            /etc/nginx/*)
                if [ "$n" -gt "$parts" ]; then rm -f -- "$path"; continue; fi
                mkdir -p "${path%/*}" && rm -f -- "$path" && cat "$work/$n" >"$path" && chmod 0644 "$path" || fail "cannot lay out $path"
                ;;
            *) [ "$n" -gt "$parts" ] || lay_file "$n" "$path" root:root 0644 ;;
        esac
    done
    nginx -t
}

# --- scripts, as a user

unprivileged=

# as_user COMMAND...: as the account looked up last, with an environment of PATH, HOME and LANG.
as_user() {
    # shellcheck disable=SC2086
    env -i PATH="$PATH" HOME="$home" LANG=C.UTF-8 setpriv --reuid="$uid" --regid="$gid" --init-groups --inh-caps=-all $unprivileged -- "$@"
}

# Runs $work/script in a folder as the user; stdin is ours.
run_script() {
    chown -- "$uid" "$work/script" && chmod 0400 "$work/script" || refuse 69 "cannot hand over the script"
    if [ "$mode" = read ]; then exec 2>/dev/null; fi
    # shellcheck disable=SC2016
    set -- /bin/sh -c 'umask 022; cd -- "$1" || exit 66; exec /bin/sh "$2"' sh "$directory" "$work/script"
    if [ "$store" = - ]; then
        as_user "$@"
        return
    fi
    open_pipe stored 1048576
    as_user "$@" >"$work/stored.pipe"
    code=$?
    close_pipe stored
    mv "$work/stored.head" "$work/stored"
    keep_result
    [ "$code" = 0 ] || tail -c 4096 "$work/stored"
    return "$code"
}

# Whole or not at all, and readable by the login.
keep_result() {
    new=$STATE/results/.$store.new
    (umask 027; cat "$work/stored" >"$new") && { [ -z "$login" ] || chgrp -- "$login" "$new"; } && sync "$new" && mv -f "$new" "$STATE/results/$store" ||
        fail "cannot keep the result"
}

# check_run USER DIRECTORY STORE
check_run() {
    account "$1"
    [ "$2" = / ] || check_path "$2"
    directory=$2 store=$3
    [ "$store" = - ] || is_name "$store" || refuse 64 "$store is not a name for a result"
}

# run USER DIRECTORY STORE: the payload's parts, joined, are the script.
verb_run() {
    [ $# = 3 ] || refuse 64 "run needs 3 arguments"
    check_run "$@"
    content "$work/script" || refuse 69 "cannot write to $work: is the disk full?"
    run_script </dev/null
}

# run-with-input USER DIRECTORY STORE: script and its stdin are the two parts.
verb_run_with_input() {
    [ $# = 3 ] && [ "$parts" = 2 ] || refuse 64 "run-with-input needs 3 arguments and 2 parts"
    check_run "$@"
    cat "$work/1" >"$work/script" || refuse 69 "cannot write to $work: is the disk full?"
    run_script <"$work/2"
}

# try USER DIRECTORY STORE BINDS (SOURCE DESTINATION)... SECRET-PATH...: parts are the secrets, then the script.
verb_try() {
    [ $# -ge 4 ] && is_number "$4" && [ $# -ge $((4 + 2 * $4)) ] && [ $(($# - 4 - 2 * $4 + 1)) = "$parts" ] || refuse 64 "try: arguments and parts do not fit"
    check_run "$1" "$2" "$3"
    cat "$work/$parts" >"$work/script" || refuse 69 "cannot write to $work: is the disk full?"
    inside try_inside "$@"
}

# inside FUNCTION ARGUMENT...: in mounts and processes of its own, which end with it.
inside() {
    printf '%s\n' "$@" >"$work/inside"
    unshare --mount --propagation private --pid --fork --kill-child --mount-proc /bin/sh "$RUNNER" inside "$work"
}

enter_inside() {
    work=$1 mode=step
    load_request
    [ "$operation" != - ] || mode=read
    load_lists
    set --
    while IFS= read -r line; do set -- "$@" "$line"; done <"$work/inside"
    case $1 in
        try_inside | nginx_inside) "$@" ;;
    esac
}

try_inside() {
    check_run "$1" "$2" "$3"
    # What lies over what is the asker's choice here: sudo and the like must not believe it.
    unprivileged=--no-new-privs
    user=$1 binds=$4
    shift 4
    make_private
    n=0
    for path in "$@"; do
        check_path "$path"
        n=$((n + 1))
        [ "$n" -le $((2 * binds)) ] || continue
        if [ $((n % 2)) = 1 ]; then source=$path; else lay_bind "$source" "$path"; fi
    done
    shift $((2 * binds))
    n=0
    for path in "$@"; do
        n=$((n + 1))
        lay_file "$n" "$path" "$user:$gid" 0600
    done
    run_script </dev/null
}

# A tmpfs for what must not touch the disk; gone with the namespace.
make_private() {
    mkdir "$work/private" && mount -t tmpfs -o mode=0711,size=512m reconciler "$work/private" || refuse 69 "cannot mount a tmpfs"
    covers=0 private=$(stat -c %d "$work/private")
}

real_within() {
    real=$(realpath -e -- "$1" 2>/dev/null) || refuse 66 "there is no $1"
    within_roots "$real" || outside "$1" "$real"
}

# lay_bind SOURCE DESTINATION
lay_bind() {
    real_within "$1"
    from=$real
    [ -e "$2" ] || make_place "$2" "$from"
    real_within "$2"
    mount --rbind -- "$from" "$real" || refuse 69 "cannot lay $1 over $2"
}

# lay_file PART PATH OWNER MODE
lay_file() {
    [ -e "$2" ] || make_place "$2" "$work/$1"
    real_within "$2"
    cat "$work/$1" >"$work/private/file$1" && chown -- "$3" "$work/private/file$1" && chmod "$4" "$work/private/file$1" &&
        mount --bind -- "$work/private/file$1" "$real" || refuse 69 "cannot lay a file over $2"
}

# make_place PATH LIKE: something to mount on where nothing is. The folder over it gets a cover in memory, so that the disk sees nothing.
make_place() {
    above=${1%/*}
    while [ ! -d "$above" ] && [ -n "$above" ]; do above=${above%/*}; done
    real=$(realpath -e -- "${above:-/}") || refuse 66 "there is no folder for $1"
    may_make "$real" || refuse 65 "$1 (really below $real) is outside the folders allowed in $CONF"
    [ "$(stat -c %d "$real")" = "$private" ] || cover "$real"
    (
        umask 022
        mkdir -p -- "${1%/*}"
        if [ -d "$2" ]; then mkdir -- "$1"; else : >"$1"; fi
    ) || refuse 69 "cannot make room for $1"
}

# cover FOLDER: in its place one in memory, with everything in it bound into it. (An overlay would do it in one mount, but not on top of two others,
# which is where containers often are.)
cover() {
    covers=$((covers + 1))
    under=$work/private/under$covers over=$work/private/over$covers
    mkdir "$under" "$over" && chown --reference="$1" "$over" && chmod --reference="$1" "$over" && mount --rbind -- "$1" "$under" ||
        refuse 69 "cannot cover $1"
    for entry in "$under"/* "$under"/.[!.]* "$under"/..?*; do
        name=${entry##*/}
        if [ -h "$entry" ]; then
            cp -P -- "$entry" "$over/$name"
        elif [ -d "$entry" ]; then
            mkdir -- "$over/$name" && mount --rbind -- "$entry" "$over/$name"
        elif [ -e "$entry" ]; then
            : >"$over/$name" && mount --bind -- "$entry" "$over/$name"
        fi || refuse 69 "cannot cover $1"
    done
    mount --rbind -- "$over" "$1" || refuse 69 "cannot cover $1"
}

# --- reading

# digest PATH...: the payload is the key.
verb_digest() {
    [ "$parts" = 1 ] || refuse 64 "digest needs a key"
    for path in "$@"; do
        check_path "$path"
        if ! real=$(realpath -e -- "$path" 2>/dev/null) || [ ! -f "$real" ]; then
            echo absent
            continue
        fi
        within_roots "$real" || outside "$path" "$real"
        sum=$(cat "$work/1" "$real" | sha256sum)
        printf '%s %s\n' "${sum%% *}" "$(stat -c '%04a %U %G' -- "$real")"
    done
}

# survey SINCE: what only root may read of what no document speaks of: keys that let somebody in, cron jobs, who listens; and who logged in or used
# sudo since then (seconds since 1970). Of keys no more than ssh-keygen -l tells, and of a command nothing that looks like a secret.
verb_survey() {
    [ $# = 1 ] && is_number "$1" || refuse 64 "survey needs a time"
    survey_keys
    survey_cron
    survey_ports
    survey_doings "$1"
    echo surveyed
}

# plain NAME: a file's name on one line.
plain() {
    case $1 in *[[:cntrl:]]*) printf '%s' "$1" | tr '[:cntrl:]' '?' && echo ;; *) printf '%s\n' "$1" ;; esac
}

masked() {
    sed -e "s/\([A-Za-z0-9_-]*\(secret\|pass\|token\|key\|credential\|private\|dsn\)[A-Za-z0-9_-]*[\"':= ]\+\)\(\"[^\"]*\"\|'[^']*'\|[^ ]*\)/\1.../Ig" \
        -e 's#://[^/@ ]*@#://...@#g' -e 's/\( -p *\)[^ ]*/\1.../g' -e 's/\( \(-u\|--user\)[ =]*[^ :]*:\)[^ ]*/\1.../g' \
        -e 's/\(\(bearer\|basic\|redis-cli.* -a\) *\)[^ ]*/\1.../Ig' | cut -c 1-500
}

survey_keys() {
    patterns=$(sshd -T 2>/dev/null | sed -n 's/^authorizedkeysfile //p')
    getent passwd | while IFS=: read -r user _ _ _ _ home _; do
        [ "$user" != "$login" ] || continue
        for file in ${patterns:-.ssh/authorized_keys .ssh/authorized_keys2}; do
            case $file in *%*) file=$(printf '%s\n' "$file" | sed "s|%u|$user|g; s|%h|$home|g; s|%%|%|g") ;; esac
            case $file in /*) ;; *) file=${home%/}/$file ;; esac
            [ -f "$file" ] || continue
            printf 'keys %s %s %s\n' "$user" "$(stat -L -c %Y -- "$file")" "$(plain "$file")"
            head -c 262144 -- "$file" | timeout 5 ssh-keygen -l -f - 2>/dev/null | head -n 200 | sed 's/^/key /'
        done
    done
}

survey_cron() {
    for file in /etc/crontab /etc/cron.d/* /var/spool/cron/crontabs/*; do
        [ -f "$file" ] || continue
        # cron reads no other names there.
        case $file in /etc/cron.d/*) case ${file##*/} in *[!A-Za-z0-9_-]*) continue ;; esac ;; esac
        sum=$(md5sum <"$file")
        # As its package ships it.
        ! grep -qsF " $file ${sum%% *}" /var/lib/dpkg/status || continue
        printf 'cron-file %s %s\n' "$(stat -L -c %Y -- "$file")" "$(plain "$file")"
        grep -anv '^[[:space:]]*\(#\|$\)' -- "$file" | head -n 200 | masked | sed 's/^/cron /'
    done
}

# A program may call itself anything, so its name stands last; of several that hold a socket the last one counts.
survey_ports() {
    command -v ss >/dev/null || { echo 'unread who listens: there is no ss here (package iproute2)'; return; }
    noted=$(cat "$STATE"/started/* 2>/dev/null)
    ss -H -l -n -t -p | while read -r _ _ _ address _ holders; do
        pid=${holders##*pid=} pid=${pid%%,*}
        is_number "$pid" && [ -d "/proc/$pid" ] || { printf 'port %s - - no ?\n' "$address"; continue; }
        unit=$(grep -E '^(0:|[0-9]+:name=systemd):' "/proc/$pid/cgroup" 2>/dev/null | tail -n 1)
        unit=${unit##*/}
        read -r name <"/proc/$pid/comm"
        printf 'port %s %s %s %s %s\n' "$address" "$(stat -c %U "/proc/$pid")" "${unit:--}" "$(is_noted "$pid")" "$name"
    done
}

# is_noted PID: it, or what started it, is a start that we know of.
is_noted() {
    one=$1 steps=0
    while [ "$one" -gt 1 ] && [ "$steps" -lt 8 ]; do
        case $noted in *"pid $one $(ticks_of "$one")"*) echo yes; return ;; esac
        one=$(parent_of "$one") steps=$((steps + 1))
        is_number "$one" || break
    done 2>/dev/null
    echo no
}

survey_doings() {
    command -v journalctl >/dev/null || { echo 'unread who was at work: there is no journal here'; return; }
    # Only root's own word of who logged in: any user may write to the journal as "sshd".
    journalctl --quiet --no-pager --output=short-unix --since="@$1" _UID=0 SYSLOG_IDENTIFIER=sshd + _UID=0 SYSLOG_IDENTIFIER=sshd-session \
        + _UID=0 SYSLOG_IDENTIFIER=login + SYSLOG_IDENTIFIER=sudo + SYSLOG_IDENTIFIER=su 2>/dev/null |
        grep -aE 'Accepted [a-z/-]+ for |COMMAND=|: \(to |LOGIN ON ' | grep -avE " (Accepted [a-z/-]+ for|sudo(\[[0-9]+\])?:) +${login:-reconciler} " |
        tail -n 300 >"$work/doings"
    # "publickey for ada" is none.
    { grep -a 'COMMAND=' "$work/doings" | masked; grep -av 'COMMAND=' "$work/doings" | cut -c 1-500; } | sed 's/^/doing /'
}

case ${1-} in
    perform) perform "$2" ;;
    inside) enter_inside "$2" ;;
    *) exit 64 ;;
esac

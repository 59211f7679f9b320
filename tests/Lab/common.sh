# shellcheck shell=bash
# Waiting, locking, checking arguments. Sourced by ./lab.

wait_until() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS <= deadline)) || return 1
        sleep 0.03
    done
}

answers() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }

greets() {
    local greeting
    greeting=$(exec 2>/dev/null 3<>"/dev/tcp/$1/22" && IFS= read -rt 5 line <&3 && echo "$line") || return 1
    [[ $greeting == SSH-2.0-* ]]
}

# detached LOG CGROUP COMMAND...: in the background; an empty CGROUP is ours. Nothing that outlives us may hold our locks or our
# caller's pipes.
detached() {
    local log=$1 cgroup=$2 open
    shift 2
    (
        for open in /proc/self/fd/*; do
            open=${open##*/}
            ((open <= 2)) || eval "exec $open>&-"
        done
        [[ -z $cgroup ]] || echo "$BASHPID" >"$cgroup/cgroup.procs"
        exec setsid "$@"
    ) </dev/null >>"$log" 2>&1 &
}

# lock FILE [--shared]: held until this script ends. The file may have been removed by whoever held it before.
lock() {
    local lock
    while true; do
        mkdir -p "$state"
        exec {lock}>>"$1" || continue
        flock "${2:---exclusive}" "$lock"
        [[ ! $1 -ef /proc/self/fd/$lock ]] || return 0
        exec {lock}>&-
    done
}

check_name() { [[ $1 =~ ^[a-z][a-z0-9-]{0,30}$ ]] || fail "'$1' is no name for a $2: a-z, 0-9 and -, at most 31, a letter first"; }

require_lab() {
    [[ $# -ge 1 ]] || fail "which lab? See lab help"
    check_name "$1" lab
    [[ -e $state/$1/made ]] || fail "there is no lab $1"
}

require_host() {
    [[ $# -ge 2 ]] || fail "which host of which lab? See lab help"
    require_lab "$1"
    check_name "$2" host
    [[ -e $(host_folder "$1" "$2")/address ]] || fail "lab $1 has no host $2"
}

lock_host() {
    require_host "$@"
    lock "$state/$1.lock" --shared
    lock "$(host_folder "$1" "$2")/lock"
}

host_line() {
    local folder
    folder=$(host_folder "$1" "$2")
    echo "$2 $(<"$folder/address") $(cut -d' ' -f1,2 "$folder/host_key.pub")"
}

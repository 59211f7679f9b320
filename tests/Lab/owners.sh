# shellcheck shell=bash
# A lab may belong to a process, and is taken down when that is gone. Sourced by ./lab.

# When the process started, in ticks since boot: with its id it names one process for good. Nothing if it is gone.
start_time() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" { print $20 }'; }

is_alive() { [[ -n $2 && $(start_time "$1") == "$2" ]]; }

set_owner() {
    local lab=$1 pid=$2 started reaper
    started=$(start_time "$pid")
    [[ -n $started ]] || fail "there is no process $pid to own lab $lab"
    reaper=$(cat "$state/$lab/reaper" 2>/dev/null || true)
    [[ $(cat "$state/$lab/owner" 2>/dev/null) != "$pid $started" ]] || ! is_alive "${reaper% *}" "${reaper#* }" || return 0
    echo "$pid $started" >"$state/$lab/owner"
    detached /dev/null '' "$here/lab" __reap "$lab" "$pid" "$started"
}

cmd___reap() {
    local lab=$1 owner="$2 $3" never
    echo "$$ $(start_time $$)" >"$state/$lab/reaper"
    exec {never}<> <(:)
    while is_alive "$2" "$3"; do
        [[ $(cat "$state/$lab/owner" 2>/dev/null) == "$owner" ]] || return 0
        read -rt 0.5 -u "$never" || true
    done
    down_one "$lab" "$owner"
}

# Labs whose owner and reaper were both killed, and labs of before this machine's last boot.
remove_abandoned_labs() {
    local folder owner
    for folder in "$state"/*/; do
        [[ -e $folder/number ]] || continue
        owner=$(cat "$folder/owner" 2>/dev/null || true)
        if [[ -n $owner ]] && ! is_alive "${owner% *}" "${owner#* }"; then
            down_one "$(basename "$folder")" "$owner"
        elif [[ $(<"$folder/machine_boot_id") != "$(</proc/sys/kernel/random/boot_id)" ]]; then
            down_one "$(basename "$folder")"
        fi
    done
}

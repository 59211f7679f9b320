# shellcheck shell=bash
# shellcheck disable=SC1010,SC2034,SC2154
# What ./demo says and waits with. Sourced by it.

passed=0 failed=0
bold='' dim='' red='' green='' plain=''
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
    bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
fi

began=$SECONDS part_began=$SECONDS part=''
parts=()

# part TITLE: begins the next part, and notes how long the one before took.
part() {
    end_part
    part=$1
    printf '\n%s== %s%s\n' "$bold" "$1" "$plain"
}

end_part() {
    [[ -z $part ]] || parts+=("$(printf '%5d s  %s' $((SECONDS - part_began)) "$part")")
    part='' part_began=$SECONDS
}

say() { printf '   %s\n' "$@"; }
ran() { printf '   %s$ %s%s\n' "$bold" "$*" "$plain"; }
shown() { sed "s/^/     $dim| /; s/\$/$plain/"; }

# expect SENTENCE COMMAND...: one of the demo's own assertions. The demo goes on, and fails at its end.
expect() {
    if "${@:2}"; then
        passed=$((passed + 1))
        printf '   %sok%s      %s\n' "$green" "$plain" "$1"
    else
        failed=$((failed + 1))
        printf '   %sFAILED%s  %s\n' "$red" "$plain" "$1"
    fi
}

# What comes after depends on this, so the demo ends here.
give_up() {
    printf '   %sFAILED%s  %s\n' "$red" "$plain" "$*"
    failed=$((failed + 1))
    exit 1
}

# --- the log of `reconciler watch`, as it grows: phases with what was done in them, rather than every step of every server

log_rest=''
declare -A phase_now=() phase_did=() said=()

open_log() { exec {log_fd}<"$1"; }

show_log() {
    local line
    while true; do
        if IFS= read -r -u "$log_fd" line; then
            comment "$log_rest$line"
            log_rest=''
        else
            log_rest+=$line
            return 0
        fi
    done
}

comment() {
    local env text
    if [[ $1 =~ ^[0-9:]{8}Z\ ([a-z]+):\ (.*)$ ]]; then
        env=${BASH_REMATCH[1]} text=${BASH_REMATCH[2]}
        if [[ $text =~ ^\ \ ([a-z0-9]+)\ +(done|already\ so|failed)\ +([0-9.]+)\ s\ \ (.*)$ ]]; then
            [[ ${BASH_REMATCH[2]} != done ]] || note_step "$env" "${BASH_REMATCH[1]}" "${BASH_REMATCH[4]}"
            [[ ${BASH_REMATCH[2]} != failed ]] || comment_line "$env" "${phase_now[$env]:-}" "failed: ${BASH_REMATCH[4]} [${BASH_REMATCH[1]}]"
        elif [[ $text =~ ^[A-Z][a-z]+$ ]]; then
            end_phase "$env"
            phase_now[$env]=$text
        elif [[ $text == 'covered for '* || $text == *' converged in '* || $text == '! '* ]]; then
            end_phase "$env"
            comment_line "$env" "" "$text"
        fi
    elif [[ $1 =~ ^([a-z]+/[a-z]+):\ ([A-Z][A-Za-z]+:.*)$ ]]; then
        verdict "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
    elif [[ $1 == 'reconciler: '* ]]; then
        comment_line watch "" "${1#reconciler: }"
    fi
}

# Said when it changes; that all is well only after it was not.
verdict() {
    local before=${said[$1]:-Synced}
    end_phase "${1%/*}"
    said[$1]=$2
    [[ $2 == "$before" || ($2 == Synced* && $before == Synced*) ]] || comment_line "${1%/*}" "" "${1#*/} is $2"
}

# Servers that did the same are named together.
note_step() {
    local key=$1/$3
    [[ -n ${phase_servers[$key]:-} ]] || phase_did[$1]+="$3"$'\n'
    phase_servers[$key]+="${phase_servers[$key]:+ }$2"
}
declare -A phase_servers=()

end_phase() {
    local env=$1 phase=${phase_now[$1]:-} what count=0 shown=0 text=''
    [[ -n $phase ]] || return 0
    while IFS= read -r what; do
        [[ -n $what ]] || continue
        count=$((count + 1))
        if ((${#text} < 75)); then
            text+="${text:+; }$(cut_to 90 "$what") [$(tr ' ' '\n' <<<"${phase_servers[$env/$what]}" | sort | paste -sd' ')]"
            shown=$count
        fi
        unset "phase_servers[$env/$what]"
    done <<<"${phase_did[$env]:-}"
    ((count == shown)) || text+="; and $((count - shown)) more"
    [[ -z $text ]] || comment_line "$env" "$phase" "$text"
    phase_now[$env]='' phase_did[$env]=''
}

cut_to() { ((${#2} <= $1)) && echo "$2" || echo "${2:0:$1 - 3}..."; }

comment_line() { printf '   %s%-10s  %-10s  %s%s\n' "$dim" "$1" "$2" "$(cut_to 200 "$3")" "$plain"; }

# --- waiting

# wait_for SECONDS WHAT COMMAND...: showing the log meanwhile.
wait_for() {
    local deadline=$((SECONDS + $1)) what=$2
    shift 2
    until "$@"; do
        show_log
        watch_runs || give_up "reconciler watch has ended"
        ((SECONDS <= deadline)) || give_up "$what did not happen in time"
        sleep 0.7
    done
    show_log
}

# status_of ENVIRONMENT/APPLICATION: sync, health, reason, revision, commit, from the ledger.
status_of() { "$reconciler" status "${1%/*}" -o json 2>/dev/null | "$lab_folder/demo-status" "$1" | sed -n 1p; }

status_text() { "$reconciler" status "${1%/*}" -o json 2>/dev/null | "$lab_folder/demo-status" "$1" | sed 1d; }

# shellcheck disable=SC2053
status_is() { [[ $(status_of "$1") == $2 ]]; }

# arrived SECONDS ENVIRONMENT COMMIT: the environment is as the desired state in force says, at this commit of the code.
arrived() {
    local revision
    revision=$(git -C "$work" rev-parse HEAD)
    wait_for "$1" "$2 at commit $(short "$3")" status_is "$2/coralnet" "Synced Healthy Converged $revision $3"
}

short() { echo "${1:0:12}"; }

# --- users: one poller for each site

start_poller() { # name, url, host
    rm -f "$folder/$1".{stop,log,json}
    python3 "$lab_folder/poll.py" "$2" --host "$3" --seconds 900 --until "$folder/$1.stop" --log "$folder/$1.log" >"$folder/$1.json" {lock}>&- &
    pollers[$1]=$!
}
declare -A pollers=()

# Prints what the poller saw.
stop_poller() {
    touch "$folder/$1.stop"
    wait "${pollers[$1]}" || true
    unset "pollers[$1]"
    say "what a user of $1 saw, asking ten times a second:"
    shown <"$folder/$1.log"
}

# saw POLLER ANSWER...: these answers in this order, each at least once, and nothing else.
saw() {
    local wanted
    wanted=$(printf '%s\n' "${@:2}")
    [[ $(sed -E 's/^ *[0-9.]+ s  (.*)  x[0-9]+$/\1/' "$folder/$1.log") == "$wanted" ]]
}

downtime() { sed -E 's/.*"downtime_seconds": ([0-9.]+).*/\1/' "$folder/$1.json"; }

# --- the safe order

log_position() { stat -c %s "$log"; }

log_says() { tail -c "+$(($1 + 1))" "$log" | grep -F -- "$2" >/dev/null; }

# phases_since BYTE ENVIRONMENT: the phases that ran, in their order.
phases_since() { tail -c "+$(($1 + 1))" "$log" | sed -nE "s/^[0-9:]{8}Z $2: ([A-Z][a-z]+)\$/\1/p"; }

# in_safe_order BYTE ENVIRONMENT PHASE...: what ran since is in the order that `explain order` prints, and these phases are among it. Prepare may take
# more than one turn.
in_safe_order() {
    local ran order phase
    ran=$(phases_since "$1" "$2" | uniq)
    order=$("$reconciler" explain order | grep -E '^[A-Z]')
    [[ $ran == "$(grep -xF "$ran" <<<"$order")" ]] || return 1
    for phase in "${@:3}"; do grep -qx "$phase" <<<"$ran" || return 1; done
}

# --- git

in_work() { git -C "$work" "$@"; }

# merge BRANCH TITLE: what a person does on the git host.
merge() {
    in_work switch --quiet main
    in_work merge --quiet --no-ff --message "$2" "$1"
    in_work push --quiet origin main
    in_work branch --quiet --delete "$1"
    say "merged: $2 ($(in_work rev-parse --short=12 HEAD))"
}

# change BRANCH MESSAGE: commits what was edited, on a branch of its own.
change() {
    in_work switch --quiet --create "$1"
    in_work commit --quiet --all --message "$2"
    in_work show --unified=0 --format= | grep -E '^[-+][^-+]' | shown
}

set_commit() { sed -i -E "s/(commit: )[0-9a-f]{40}/\1$1/" "${@:2}"; }

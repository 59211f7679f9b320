# shellcheck shell=bash
# What makes, boots and removes hosts and their network. Sourced by ./lab.
#
# The machine sees one link per lab (rl-NUMBER, holding the bridge address). The bridge itself and all hosts' links are in
# network namespaces, and all processes of a lab in one cgroup: removing those removes everything, whatever state was lost.

host_cgroup() { echo "$cgroups/$1/$2"; }
host_folder() { echo "$state/$1/hosts/$2"; }
lab_netns() { echo "rl.$1"; }
host_netns() { echo "rl.$1.$2"; }

# --- the lab itself

create_lab() {
    local lab=$1 folder=$state/$1 number
    mkdir -p "$folder/"{hosts,snapshots}
    cp /proc/sys/kernel/random/boot_id "$folder/machine_boot_id"
    number=$(free_number)
    echo "$number" >"$folder/number"
    echo "10.77.$number.1" >"$folder/address"
    : >"$folder/names"
    ssh-keygen -q -t ed25519 -N '' -C "admin@$lab" -f "$folder/key"
    [[ -z ${SUDO_UID:-} ]] || chown "$SUDO_UID" "$folder/key" "$folder/key.pub"
    # Not beside the hosts: /run is small on some machines, and only a tmpfs or a disk holds an overlay's marks.
    mount -t tmpfs -o size=50%,mode=0700 "rl.$lab.snapshots" "$folder/snapshots"
    create_lab_network "$lab" "$number"
    create_cgroup "$cgroups"
    create_cgroup "$cgroups/$lab"
    mkdir -p "$cgroups/$lab/proxy"
    touch "$folder/made"
}

# Called with the state folder locked, until the number is written.
free_number() {
    local number taken
    taken=$(cat "$state"/*/number 2>/dev/null || true)
    for ((number = 1; number < 255; number++)); do
        grep -qxF "$number" <<<"$taken" && continue
        [[ -z $(ip -4 route show root "10.77.$number.0/24") && ! -e /sys/class/net/rl-$number ]] || continue
        echo "$number"
        return
    done
    fail "no free network is left in 10.77.0.0/16"
}

create_lab_network() {
    local netns link=rl-$2
    netns=$(lab_netns "$1")
    ip netns add "$netns"
    ip -n "$netns" link set lo up
    ip -n "$netns" link add bridge type bridge
    ip -n "$netns" link set bridge up
    ip link add "$link" type veth peer name machine netns "$netns"
    ip -n "$netns" link set machine master bridge up
    # Hosts reach this machine and nothing behind it, even where it forwards for others.
    [[ $(<"/proc/sys/net/ipv4/conf/$link/forwarding") == 0 ]] || echo 0 >"/proc/sys/net/ipv4/conf/$link/forwarding"
    [[ $(cat "/proc/sys/net/ipv6/conf/$link/forwarding" 2>/dev/null) != 1 ]] || echo 0 >"/proc/sys/net/ipv6/conf/$link/forwarding"
    ip address add "10.77.$2.1/24" dev "$link"
    ip link set "$link" up
}

create_cgroup() {
    local controller
    mkdir -p "$1"
    for controller in $(<"$1/cgroup.controllers"); do
        echo "+$controller" >"$1/cgroup.subtree_control" 2>/dev/null || true
    done
}

ensure_proxy() {
    local lab=$1 address
    address=$(<"$state/$lab/address")
    ! answers "$address" 3142 || return 0
    mkdir -p "$cache/apt"
    detached "$state/$lab/proxy.log" "$cgroups/$lab/proxy" /usr/bin/python3 "$here/apt_proxy.py" "$address" 3142 "$cache/apt"
    wait_until 10 answers "$address" 3142 || fail "the apt proxy does not start; see $state/$lab/proxy.log"
}

# --- one host

create_host() {
    local lab=$1 name=$2 kind=$3 folder netns number octet
    folder=$(host_folder "$lab" "$name")
    netns=$(host_netns "$lab" "$name")
    forget_half_made_host "$lab" "$name" "$folder" "$netns"
    number=$(<"$state/$lab/number")
    octet=$(free_octet "$lab")
    mkdir -p "$folder/disk"
    base_path "$kind" >"$folder/base"
    : >"$folder/below"
    echo "$netns" >"$folder/netns"
    host_cgroup "$lab" "$name" >"$folder/cgroup"
    ssh-keygen -q -t ed25519 -N '' -C "root@$name" -f "$folder/host_key"
    mount -t tmpfs -o "size=${RECONCILER_LAB_DISK:-4G},mode=0755" "rl.$lab.$name" "$folder/disk"
    mkdir "$folder/disk/upper" "$folder/disk/work"
    create_host_network "$lab" "$netns" "$number" "$octet"
    create_cgroup "$(host_cgroup "$lab" "$name")"
    mkdir -p "$(host_cgroup "$lab" "$name")/launcher"
    echo "10.77.$number.$octet $name # lab" >>"$state/$lab/names"
    echo "10.77.$number.$octet" >"$folder/address"
}

# Somebody's `lab up` was killed while it made this host.
forget_half_made_host() {
    [[ -d $3 ]] || return 0
    unmount_below "$3"
    rm -rf --one-file-system "$3"
    sed -i "/ $2 # lab\$/d" "$state/$1/names"
    [[ ! -e /run/netns/$4 ]] || remove_netns "$4" eth0
}

free_octet() {
    local octet
    for ((octet = 11; octet < 255; octet++)); do
        grep -qs "\.$octet " "$state/$1/names" || { echo "$octet" && return; }
    done
    fail "lab $1 is full"
}

create_host_network() {
    local bridge mac link=h$4
    bridge=$(lab_netns "$1")
    mac=$(printf '02:4d:4d:00:%02x:%02x' "$3" "$4")
    ip netns add "$2"
    ip -n "$bridge" link add "$link" type veth peer name eth0 address "$mac" netns "$2"
    ip -n "$bridge" link set "$link" master bridge up
    ip -n "$2" link set lo up
    ip -n "$2" address add "10.77.$3.$4/24" dev eth0
    ip -n "$2" link set eth0 up
    # A host that is cut off then looks as if it were behind a router: silence, not "no route to host" after three seconds.
    ip neighbour replace "10.77.$3.$4" lladdr "$mac" dev "rl-$3" nud permanent
}

launch_host() {
    local folder
    folder=$(host_folder "$1" "$2")
    [[ ! -e $folder/cut ]] || set_port "$1" "$2" "$port_disabled"
    detached "$folder/console.log" "$(host_cgroup "$1" "$2")/launcher" unshare --mount --propagation private -- "$here/host-run" "$folder"
}

is_running() { grep -qsx 'populated 1' "$(host_cgroup "$1" "$2")/cgroup.events"; }

kill_host() {
    kill_cgroup "$(host_cgroup "$1" "$2")"
}

# The process id, on this machine, of the host's first process; nothing while it is not up.
leader_of() {
    local pid
    while read -r pid; do
        if grep -qsE '^NSpid:.*[[:space:]]1$' "/proc/$pid/status"; then
            echo "$pid"
            return
        fi
    done < <(cat "$(host_cgroup "$1" "$2")/host/payload/init.scope/cgroup.procs" 2>/dev/null)
}

# As root inside the host, in its namespaces and its cgroup, as if its init had started it.
inside() ( enter "$@" )

enter() {
    local lab=$1 name=$2 leader
    leader=$(leader_of "$lab" "$name")
    [[ -n $leader ]] || fail "host $name of lab $lab is not running"
    shift 2
    echo "$BASHPID" >"$(host_cgroup "$lab" "$name")/host/payload/init.scope/cgroup.procs"
    exec nsenter --all --target "$leader" -- /usr/bin/env -i -C /root HOME=/root USER=root LOGNAME=root SHELL=/bin/bash \
        LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

wait_ready() {
    local lab=$1 name=$2 folder
    folder=$(host_folder "$lab" "$name")
    if ! wait_until 60 is_booted "$lab" "$name"; then
        tail -n 20 "$folder/console.log" >&2
        fail "host $name does not boot; its console: $folder/console.log"
    fi
    [[ -e $folder/cut ]] || wait_until 20 greets "$(<"$folder/address")" || fail "sshd on $name does not answer"
}

# Logins of ordinary users are refused until the boot is over, so an answering sshd alone would be too early.
is_booted() {
    local verdict
    [[ -n $(leader_of "$1" "$2") ]] || return 1
    verdict=$(inside "$1" "$2" timeout 60 systemctl is-system-running --wait 2>/dev/null || true)
    case $verdict in
        running) ;;
        degraded)
            say "host $2 is degraded: $(inside "$1" "$2" systemctl --failed --plain --no-legend 2>&1 | tr '\n' ';')"
            ;;
        *) return 1 ;;
    esac
}

# --- cutting a host off

port_disabled=0
# shellcheck disable=SC2034
port_forwarding=3

set_port() {
    local address
    address=$(<"$(host_folder "$1" "$2")/address")
    bridge -n "$(lab_netns "$1")" link set dev "h${address##*.}" state "$3"
}

# --- removal, from what the kernel knows rather than from what the state folder says

remove_lab() {
    local lab=$1 netns
    kill_cgroup "$cgroups/$lab"
    for netns in /run/netns/"$(lab_netns "$lab")" /run/netns/"$(lab_netns "$lab")".*; do
        [[ ! -e $netns ]] || remove_netns "${netns##*/}" machine
    done
    unmount_below "$state/$lab"
    remove_cgroup "$cgroups/$lab"
    rmdir "$cgroups" 2>/dev/null || true
    rm -rf --one-file-system "${state:?}/$lab"
}

# The link goes first: somebody may still hold the namespace.
remove_netns() {
    ip -n "$1" link delete "$2" 2>/dev/null || true
    ip netns delete "$1" || true
}

kill_cgroup() {
    [[ -d $1 ]] || return 0
    echo 1 >"$1/cgroup.kill"
    wait_until 20 grep -qx 'populated 0' "$1/cgroup.events" || fail "processes in $1 do not die"
}

remove_cgroup() {
    wait_until 5 remove_cgroup_now "$1" || say "cannot remove $1"
}

# Where the machine still has cgroup v1, nspawn copies the names into its systemd hierarchy.
remove_cgroup_now() {
    local copy=/sys/fs/cgroup/systemd${1#"$cgroup_root"}
    find "$1" "$copy" -depth -type d -exec rmdir {} \; 2>/dev/null || true
    rmdir "$(dirname "$copy")" 2>/dev/null || true
    [[ ! -d $1 && ! -d $copy ]]
}

unmount_below() {
    local mounted
    while read -r mounted; do
        umount --lazy "$mounted" || true
    done < <(awk -v below="$1/" 'index($5, below) == 1 { print $5 }' /proc/self/mountinfo | tac)
}

# shellcheck shell=bash
# The base images: read-only trees below every host. Sourced by ./lab. An image is named by the hash of its
# recipe: its packages, make_image and base-setup.

bare_packages=systemd,systemd-sysv,dbus,libpam-systemd,openssh-server,sudo,python3
# shellcheck disable=SC2034
full_packages=$bare_packages,iproute2,procps,git,python3-venv,supervisor,nginx-light,redis-server,postgresql,libpq5,curl

base_path() {
    local packages=${1}_packages recipe
    recipe=$({ echo "${!packages}" && declare -f make_image && cat "$here/base-setup" && dpkg --print-architecture; } | sha256sum)
    echo "$cache/base-$1-${recipe:0:16}"
}

# Prints the image's path, after building it if need be. Two callers do not build at once.
ensure_base() {
    local kind=$1 path lock
    path=$(base_path "$kind")
    if [[ ! -d $path ]]; then
        mkdir -p "$cache"
        exec {lock}>"$cache/build.lock"
        flock "$lock"
        [[ -d $path ]] || build_base "$kind" "$path"
        exec {lock}>&-
    fi
    touch "$path.used"
    echo "$path"
}

build_base() {
    local kind=$1 path=$2 packages=${1}_packages building=$2.building log=$cache/build-$1.log
    say "building the $kind base image, once; about a minute"
    remove_old_bases
    rm -rf --one-file-system "$building"
    if ! make_image "$kind" "$building" "${!packages}" >"$log" 2>&1 {lock}>&-; then
        tail -n 20 "$log" >&2
        fail "the $kind base image could not be built; all of its output: $log"
    fi
    mv -T "$building" "$path"
}

# PostgreSQL's first cluster takes its encoding from LC_ALL; pages of documentation only cost time.
# shellcheck disable=SC2016
make_image() {
    LC_ALL=C.UTF-8 mmdebstrap --quiet --mode=root --variant=minbase --format=directory --skip=cleanup/apt \
        --keyring=/usr/share/keyrings/debian-archive-keyring.gpg --components=main --include="$3" \
        --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
        --customize-hook="copy-in '$here/base-setup' /tmp" --customize-hook='chroot "$1" sh /tmp/base-setup '"$1" \
        --customize-hook='rm "$1/tmp/base-setup"' bookworm "$2" http://deb.debian.org/debian
}

# Images of older recipes, unless a host stands on one or another checkout used it in the last week.
remove_old_bases() {
    local used
    while read -r used; do
        grep -qsxF "${used%.used}" "$state"/*/hosts/*/base || rm -rf --one-file-system "${used%.used}" "$used"
    done < <(find "$cache" -maxdepth 1 -name 'base-*.used' -mtime +7)
}

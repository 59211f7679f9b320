using System.Text;
using Reconciler.Model;

namespace Reconciler.Remote;

/// <summary>What root runs on a server to enroll it; every part is skipped when it is so already.</summary>
internal static class EnrollmentScript
{
    public static string For(EnrollmentRequest request)
    {
        var runner = Encoding.UTF8.GetString(RunnerFile.Content.Span);
        var end = RemoteLoop.NewMarker();
        return $$"""
            set -eu
            export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
            umask 022
            login={{Shell.Quote(request.Login)}}
            did() { printf 'did: %s\n' "$1"; }
            stop() { printf '%s\n' "$1"; exit 1; }
            [ "$(id -u)" = 0 ] || stop 'this login is not root, and sudo does not make it so'
            for program in sudo visudo flock setsid setpriv unshare timeout stdbuf realpath find grep useradd; do
            command -v "$program" >/dev/null || stop "$program is missing: apt-get install sudo coreutils util-linux findutils grep passwd"
            done
            # put FILE MODE: stdin becomes the file, if it is not already.
            put() {
            cat >"$1.new"
            chmod "$2" "$1.new"
            if [ -f "$1" ] && cmp -s "$1.new" "$1" && [ "$(stat -c '%a %U' "$1")" = "$2 root" ]; then rm -f "$1.new"; else mv -f "$1.new" "$1"; did "wrote $1"; fi
            }

            if ! getent passwd "$login" >/dev/null; then
            mkdir -p /var/lib/reconciler
            useradd --system --user-group --no-create-home --home-dir /var/lib/reconciler/login --shell /bin/sh -- "$login"
            did "made the login $login, without a password"
            fi
            [ "$(id -u "$login")" != 0 ] || stop "$login is root here: choose another login"
            # A locked password lets nobody in, by ssh key either where PAM looks; `*` is none at all.
            case $(getent shadow "$login") in "$login:!"*) usermod -p '*' "$login";; esac
            home=$(getent passwd "$login" | cut -d: -f6)
            # Root's, so that the login itself can authorise nobody else.
            install -d -m 0755 -o root -g root "$home" "$home/.ssh"
            put "$home/.ssh/authorized_keys" 644 <<'{{end}}'
            {{string.Join('\n', request.PublicKeys.Select(Restricted))}}
            {{end}}

            install -d -m 0755 -o root -g root /usr/local/lib/reconciler /etc/reconciler /var/lib/reconciler /var/lib/reconciler/server
            install -d -m 0700 -o root -g root /var/lib/reconciler/server/receipts /var/lib/reconciler/server/kept
            install -d -m 0750 -o root -g "$login" /var/lib/reconciler/server/placed /var/lib/reconciler/server/started /var/lib/reconciler/server/results
            {{RunnerConf.Function(request)}}
            runner_conf /etc/reconciler/runner.conf | put /etc/reconciler/runner.conf 644

            # While a step runs, its runner stays as it is.
            exec 9>>/var/lib/reconciler/server/step.lock
            flock -w 120 9 || stop 'a step is running on this server: enroll again when it is through'
            put /usr/local/lib/reconciler/runner 755 <<'{{end}}'
            {{runner}}{{end}}
            [ "$(sha256sum </usr/local/lib/reconciler/runner | cut -d' ' -f1)" = {{RunnerFile.Version}} ] || stop 'the runner did not arrive whole'
            printf '%s\n' {{Shell.Quote(RunnerFile.RuleFor(request.Login))}} >/etc/sudoers.d/.reconciler.new
            chmod 0440 /etc/sudoers.d/.reconciler.new
            visudo -c -q -f /etc/sudoers.d/.reconciler.new || { rm -f /etc/sudoers.d/.reconciler.new; stop 'visudo does not accept the rule: sudo must be 1.8.7 or later'; }
            if cmp -s /etc/sudoers.d/.reconciler.new /etc/sudoers.d/reconciler; then rm -f /etc/sudoers.d/.reconciler.new
            else mv -f /etc/sudoers.d/.reconciler.new /etc/sudoers.d/reconciler; did 'wrote the sudo rule'; fi
            grep -Eq '^[@#]includedir[[:space:]]+/etc/sudoers.d' /etc/sudoers || stop '/etc/sudoers does not include /etc/sudoers.d'
            exec 9>&-
            for key in /etc/ssh/ssh_host_ed25519_key.pub /etc/ssh/ssh_host_ecdsa_key.pub /etc/ssh/ssh_host_rsa_key.pub; do
            if [ -f "$key" ]; then printf 'hostkey: %s\n' "$(cut -d' ' -f1-2 "$key")"; break; fi
            done
            sync -f /usr/local/lib/reconciler /etc/reconciler /etc/sudoers.d /var/lib/reconciler
            echo enrolled

            """;
    }

    // Forwards are for databases that only the server can reach.
    private static string Restricted(string key) => $"restrict,port-forwarding {key.Trim()}";
}

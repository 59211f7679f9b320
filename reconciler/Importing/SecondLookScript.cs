using Reconciler.Model;

namespace Reconciler.Importing;

/// <summary>What the runner runs as the application's user. It writes nothing: no bytecode, no index of git.</summary>
internal static class SecondLookScript
{
    public static string Text(IEnumerable<string> folders, IEnumerable<string> virtualenvs) =>
        $$"""
        export GIT_OPTIONAL_LOCKS=0 LC_ALL=C PYTHONDONTWRITEBYTECODE=1
        git() { command git -c safe.directory='*' "$@"; }
        for p in /proc/[0-9]*; do
        c=$(readlink "$p/cwd") && [ -n "$c" ] && [ "$c" != / ] || continue
        echo "at ${p#/proc/} $c"
        a=$(tr '\0' ' ' <"$p/cmdline")
        case $a in *supervisord*' -c '*) (cd "$c" && f=${a#* -c } && f=$(readlink -f -- "${f%% *}") && [ -f "$f" ] && echo "file $f" && sed 's/^/| /' <"$f"; echo);; esac
        done
        { crontab -l || cat "/var/spool/cron/crontabs/$(id -un)"; } | sed '{{CronJobs.Mask}}' | awk '{ print "cron " NR " " $0 }'
        tops=$(for d in {{Shell.Join(folders)}} $(for p in /proc/[0-9]*; do readlink "$p/cwd"; done | sort -u); do git -C "$d" rev-parse --show-toplevel; done | sort -u)
        for top in $tops; do
        echo
        echo "top $top"
        cd "$top" || continue
        echo "owner $(stat -c %U .)"
        echo "head $(git rev-parse HEAD)"
        echo "branch $(git symbolic-ref --short -q HEAD)"
        remote=$(git config --get remote.origin.url)
        case $remote in http*://*@*) echo 'credentials yes';; *://*:*@*) echo 'credentials yes'; remote=$(echo "$remote" | sed 's#\(://[^/:@]*\):[^/@]*@#\1@#');; esac
        echo "remote $(echo "$remote" | sed 's#\(https*://\)[^/@]*@#\1#')"
        git for-each-ref --contains HEAD --format='on %(refname:lstrip=3)' refs/remotes/origin
        git status --porcelain --untracked-files=no | cut -c4- | head -n 20 | sed 's/^/edited /'
        git ls-files | grep -E '(^|/)manage\.py$|requirements[^/]*(/[^/]*)?\.txt$|\.whl$|\.tar\.gz$|supervisor[^/]*\.conf$|\.sqlite3?$|(^|/)gunicorn[^/]*\.py$|/commands/maintenanceon\.py$' | head -n 1000 | sed 's/^/tracked /'
        manage=$(git ls-files | grep -E '(^|/)manage\.py$' | head -n 1)
        [ -z "$manage" ] || echo "manage $(grep -n DJANGO_SETTINGS_MODULE "$manage" | head -n 1)"
        files=$(find . -maxdepth 5 -path ./.git -prune -o -type f \( -name secrets.json -o -name .env \) -print | sort)
        for f in $files; do
        echo "secrets $(stat -c '%a %U %G' "$f") ${f#./}"
        python3 -I -B - "$f" <<'PYTHON'
        {{Keys}}
        PYTHON
        done
        pid=0 python=
        for p in /proc/[0-9]*; do
        [ -r "$p/environ" ] || continue
        a=$(tr '\0' ' ' <"$p/cmdline")
        case $a in *gunicorn*|*uvicorn*|*daphne*|*uwsgi*|*runserver*|*celery*)
        case $(readlink "$p/cwd")/ in "$top"/*) ;; *) continue;; esac
        e=${a%% *}
        if [ -f "${e%/bin/*}/pyvenv.cfg" ]; then pid=${p#/proc/} python=$e; case $a in *gunicorn*|*uvicorn*|*daphne*) break;; esac; fi;;
        esac
        done
        for v in {{Shell.Join(virtualenvs)}}; do [ -n "$python" ] || { [ -x "$v/bin/python" ] && python=$v/bin/python; }; done
        [ -n "$python" ] || continue
        v=${python%/bin/*}
        echo "virtualenv $v"
        sed -n 's/^include-system-site-packages *= */site-packages /p' "$v/pyvenv.cfg"
        i=$(sed -n 's/^home *= *//p' "$v/pyvenv.cfg")/python3
        [ ! -x "$i" ] || echo "interpreter $i"
        [ -z "$manage" ] || timeout 15 "$python" -B - "$pid" "$top/$manage" $files <<'PYTHON'
        {{Django}}
        PYTHON
        done
        echo
        echo end

        """;

    /// <summary>Names of keys, never a value.</summary>
    private const string Keys =
        """
        import json, re, sys
        try:
            text = open(sys.argv[1], encoding="utf-8").read()
            if sys.argv[1].endswith(".json"):
                names = list(json.loads(text))
            else:
                names = re.findall(r"^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=", text, re.M)
            for name in names:
                print("key " + re.sub(r"[^\w.-]", "?", name))
            if sys.argv[1].endswith(".json"):
                same = json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
            else:
                same = None
            print("layout " + ("ours" if text == same else "other"))
        except Exception:
            pass
        """;

    /// <summary>
    /// Imports the settings module as the running process would, with that process's variables. It prints one line of JSON, and
    /// no value that the
    /// settings or a variable hold beyond those that are written into documents.
    /// </summary>
    private const string Django =
        """
        import io, json, os, re, sys
        pid, manage, files = sys.argv[1], sys.argv[2], sys.argv[3:]
        out, sys.stdout = sys.stdout, io.StringIO()
        said, secrets = {}, {}
        for path in files:
            try:
                text = open(path, encoding="utf-8").read()
                pairs = json.loads(text).items() if path.endswith(".json") else [
                    (name, value.strip().strip("'\"")) for name, value in re.findall(r"^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=(.*)$", text, re.M)]
                for name, value in pairs:
                    if isinstance(value, str) and value:
                        secrets.setdefault(value, (path[2:], name))
            except Exception:
                pass
        OURS = re.compile(r"^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|PWD|OLDPWD|SHLVL|_|TERM|MAIL|HOSTNAME|PS1|LS_COLORS|EDITOR|VIRTUAL_ENV|"
            r"VIRTUAL_ENV_PROMPT|INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_EXEC_PID|NOTIFY_SOCKET|MEMORY_PRESSURE_.*|DJANGO_SETTINGS_MODULE|SERVER_SOFTWARE|"
            r"(LC|SSH|XDG|SUPERVISOR|SUDO|DBUS|LESS|CELERY_LOG|PYTHONDONTWRITE|GIT_OPTIONAL)\w*)$")
        SECRET = re.compile(r"SECRET|PASS|TOKEN|KEY|CREDENTIAL|PRIVATE|DSN", re.I)
        said["variables"], said["hidden"] = {}, []
        if pid != "0":
            for pair in open("/proc/%s/environ" % pid, encoding="utf-8", errors="replace").read().split("\0"):
                name, _, value = pair.partition("=")
                if not name:
                    continue
                os.environ[name] = value
                if OURS.match(name):
                    continue
                if SECRET.search(name) or value in secrets or re.search(r"://[^/@]*:[^/@]*@", value):
                    said["hidden"].append(name)
                else:
                    said["variables"][name] = value
        os.chdir(os.path.dirname(manage))
        sys.path.insert(0, os.getcwd())
        if "DJANGO_SETTINGS_MODULE" not in os.environ:
            found = re.search(r"DJANGO_SETTINGS_MODULE['\"]\s*,\s*['\"]([\w.]+)", open(manage).read())
            if found:
                os.environ["DJANGO_SETTINGS_MODULE"] = found.group(1)
        said["settings"] = os.environ.get("DJANGO_SETTINGS_MODULE")
        try:
            from django.conf import settings
            base = settings.DATABASES.get("default", {})
            for name in ("ENGINE", "NAME", "USER", "HOST", "PORT"):
                said[name.lower()] = str(base.get(name) or "")
            password = base.get("PASSWORD")
            said["password"] = "given" if password else "none"
            if password in secrets:
                said["passwordFile"], said["passwordKey"] = secrets[password]
            elif password:
                said["passwordWithin"] = next((key for value, (file, key) in secrets.items() if len(password) > 3 and password in value), "")
            said["static"] = str(settings.STATIC_ROOT or "")
        except BaseException:
            pass
        if said["hidden"]:
            import subprocess
            without = {name: value for name, value in os.environ.items() if name not in said["hidden"]}
            tried = subprocess.run([sys.executable, "-B", "-c", "from django.conf import settings; settings.DATABASES"], env=without, timeout=10,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            said["needed"] = "yes" if tried.returncode else "no"
        print("django " + json.dumps(said), file=out)
        """;
}

# What an administrator who counts processes would write: no interpreter, what can be read is read, one process for all hashes.
cd /srv/www/coralnet || exit
git rev-parse HEAD
git diff-index --quiet HEAD && echo clean || echo dirty
cd /srv/www/venv/lib/python3*/site-packages && echo *.dist-info
sha256sum /srv/www/coralnet/project/config/secrets.json /etc/nginx/sites-available/coralnet-coralnet
for pidfile in /run/supervisord.pid /run/nginx.pid; do
    read -r pid <$pidfile && read -r stat </proc/$pid/stat && echo "${stat##*) }"
done
read -r main </run/supervisord.pid
for pid in $(cat /proc/$main/task/$main/children); do read -r stat </proc/$pid/stat && echo "$stat"; done
[ -e /var/lib/reconciler/cover/coralnet/on ] && echo covered
dpkg-query -W nginx-light supervisor python3-venv git libpq5
stat -c '%Y' /var/lib/apt/lists /var/cache/apt/pkgcache.bin 2>/dev/null
[ -e /run/reboot-required ] && echo reboot
read -r boot </proc/sys/kernel/random/boot_id && echo "$boot"

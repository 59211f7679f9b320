export DJANGO_SETTINGS_MODULE=config.settings.production DATABASE_HOST=127.0.0.1 NOTICE_FILE=/tmp/coralnet-notice.json REDIS_URL=redis://127.0.0.1:6379/0 LANG=C.UTF-8 DOMAIN="$DOMAIN"
export PATH="/srv/www/venv/bin:$PATH" HOME=/srv/www
as_site() { runuser -u coralnet -- "$@"; }
cover() { echo 'We will be back as soon as we can!' >/var/lib/reconciler/cover/coralnet/on; }
uncover() { rm -f /var/lib/reconciler/cover/coralnet/on; }
cd /srv/www/coralnet/project

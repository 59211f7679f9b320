# The manual's own order as a straight script, in a shell of root's: services stopped one after the other, then the page; code, packages, static files and
# migrations; the services started one after the other. PAGE_AWAY says when the page goes: `before` the start, as the manual's start script has it, or
# `after` it, with the notice.
as_site python manage.py maintenanceon --start "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
supervisorctl stop coralnet-gunicorn
supervisorctl stop coralnet-celeryworker
supervisorctl stop coralnet-celerybeat
cover
as_site git fetch -q origin
as_site git checkout -q -B master "$OLD"
as_site git rebase -q "$NEW"
as_site pip install -q --disable-pip-version-check --no-index --find-links ../requirements/sdists -U -r ../requirements/production.txt
as_site python manage.py collectstatic --noinput
as_site python manage.py migrate
[ "$PAGE_AWAY" != before ] || uncover
supervisorctl start coralnet-gunicorn
supervisorctl start coralnet-celeryworker
supervisorctl start coralnet-celerybeat
curl -s -o /dev/null -H "Host: $DOMAIN" http://127.0.0.1:8000/
as_site python manage.py maintenanceoff
[ "$PAGE_AWAY" != after ] || uncover

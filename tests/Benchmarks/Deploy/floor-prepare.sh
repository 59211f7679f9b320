# Before the floor's four commands: what can be done while the site runs. Objects, the new package, the new static files.
as_site git fetch -q origin
as_site pip install -q --disable-pip-version-check --no-index --find-links ../requirements/sdists python-dateutil==2.8.2
as_site git worktree add -q /tmp/new "$NEW"
as_site cp config/secrets.json /tmp/new/project/config
(cd /tmp/new/project && as_site python manage.py collectstatic --noinput)

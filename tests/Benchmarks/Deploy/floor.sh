# The floor: four bare commands.
supervisorctl stop coralnet-gunicorn coralnet-celeryworker coralnet-celerybeat
as_site git checkout -q --detach "$NEW"
as_site python manage.py migrate
supervisorctl start coralnet-gunicorn coralnet-celeryworker coralnet-celerybeat

# For people: `source /scripts/env_setup.sh`, then `python manage.py ...`, with what the site itself runs with.
{{> activate}}

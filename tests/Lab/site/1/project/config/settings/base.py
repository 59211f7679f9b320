import os
from pathlib import Path

from config.secrets import read_secrets

PROJECT = Path(__file__).resolve().parents[2]
VERSION = (PROJECT / "VERSION").read_text().strip()

_secrets = read_secrets(PROJECT / "config" / "secrets.json", ["SECRET_KEY", "DATABASE_PASSWORD", "GOOGLE_MAPS_KEY"])
SECRET_KEY = _secrets["SECRET_KEY"]
GOOGLE_MAPS_KEY = _secrets["GOOGLE_MAPS_KEY"]

DEBUG = False
DOMAIN = os.environ.get("DOMAIN", "127.0.0.1")
ALLOWED_HOSTS = [DOMAIN, "127.0.0.1", "localhost"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "gallery",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
ROOT_URLCONF = "config.urls"
TIME_ZONE = "UTC"
USE_TZ = True

DATABASE = os.environ.get("DATABASE_NAME", "coralnet")
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": os.environ.get("DATABASE_HOST", "127.0.0.1"),
        "NAME": DATABASE,
        "USER": _secrets.get("DATABASE_USER", DATABASE),
        "PASSWORD": _secrets["DATABASE_PASSWORD"],
        "OPTIONS": {"connect_timeout": 5},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATIC_ROOT = os.environ.get("STATIC_ROOT", "/srv/www/static")
STATICFILES_STORAGE = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"

NOTICE_FILE = Path(os.environ.get("NOTICE_FILE", "/srv/www/tmp/notice.json"))

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_BEAT_SCHEDULE = {
    # One that no worker took in time is dropped, so a stopped worker does not come back to a heap of them.
    "count-rows": {"task": "gallery.tasks.count_rows", "schedule": 5.0, "options": {"expires": 5.0}},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"django": {"handlers": ["console"], "level": "WARNING"}},
}

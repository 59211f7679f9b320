from .base import *

DEBUG = True
ALLOWED_HOSTS = ["*"]
STATICFILES_STORAGE = "django.contrib.staticfiles.storage.StaticFilesStorage"

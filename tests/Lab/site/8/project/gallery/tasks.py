import os
import time

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from . import last_count
from .sizes import largest
from .models import Photograph, Source


@shared_task
def count_rows():
    last_count.remember({
        "rows": Photograph.objects.count(),
        "at": timezone.now().isoformat(timespec="seconds"),
        "version": settings.VERSION,
        "maps_key": last_count.fingerprint(settings.GOOGLE_MAPS_KEY),
        "pid": os.getpid(),
    })


@shared_task
def develop(seconds, name):
    """A slow one: the photograph is there only if the worker was left to finish."""
    time.sleep(seconds)
    source, _ = Source.objects.get_or_create(name="Darkroom")
    Photograph.objects.create(source=source, name=name)

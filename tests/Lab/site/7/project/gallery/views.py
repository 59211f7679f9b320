import os
import socket

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from . import last_count, notice
from .models import Photograph, Source


@require_safe
def index(request):
    return render(request, "gallery/index.html", {
        "version": settings.VERSION,
        "notice": notice.read(),
        "count": Photograph.objects.count(),
        "this_week": Photograph.objects.filter(posted__gt=timezone.now() - relativedelta(weeks=1)).count(),
        "photographs": Photograph.objects.select_related("source").order_by("-id")[:10],
    })


@require_safe
def healthz(request):
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def status(request):
    """What this process runs and reaches, for people and machines. 503 when the database does not answer."""
    redis, counted = last_count.recall()
    answer = {
        "version": settings.VERSION,
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "maps_key": last_count.fingerprint(settings.GOOGLE_MAPS_KEY),
        "redis": redis,
        "last_count": counted,
    }
    try:
        answer["rows"] = Photograph.objects.count()
        answer["migrations"] = sorted(".".join(key) for key in MigrationRecorder(connection).applied_migrations())
    except DatabaseError:
        return JsonResponse({**answer, "database": False}, status=503)
    return JsonResponse({**answer, "database": True})


@csrf_exempt
@require_POST
def post(request):
    name = request.POST.get("name", "").strip()[:200]
    if not name:
        return JsonResponse({"error": "a photograph has a name"}, status=400)
    source, _ = Source.objects.get_or_create(name="Visitors")
    photograph = Photograph.objects.create(source=source, name=name)
    return JsonResponse({"id": photograph.id}, status=201)

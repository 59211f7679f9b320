"""The notice of coming maintenance: a file, so that putting it up needs neither database nor restart."""
import json
import logging
import os
import tempfile

from django.conf import settings
from django.utils.dateparse import parse_datetime

logger = logging.getLogger("django.gallery")


def write(start, message):
    """Readers see the old notice or the new one, never half of one."""
    path = settings.NOTICE_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w") as file:
            json.dump({"start": start.isoformat(), "message": message}, file)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise


def remove():
    settings.NOTICE_FILE.unlink(missing_ok=True)


def read():
    try:
        stored = json.loads(settings.NOTICE_FILE.read_text())
        return {"start": parse_datetime(stored["start"]), "message": stored["message"]}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        logger.warning("%s is not a notice and is not shown", settings.NOTICE_FILE)
        return None

from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_datetime

from gallery import notice


class Command(BaseCommand):
    help = "Tells visitors that maintenance starts at the given time."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--start", required=True, help="RFC 3339, for example 2030-01-31T18:00:00Z")
        parser.add_argument("--message", default="")

    def handle(self, *, start, message, **options):
        try:
            time = parse_datetime(start)
        except ValueError:
            time = None
        if time is None or time.tzinfo is None:
            raise CommandError(f"--start: '{start}' is not a time with an offset, such as 2030-01-31T18:00:00Z.")
        try:
            notice.write(time, message)
        except OSError as fault:
            raise CommandError(f"The notice cannot be written: {fault}")

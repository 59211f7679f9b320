from django.core.management.base import BaseCommand, CommandError

from gallery import notice


class Command(BaseCommand):
    help = "Takes the notice of maintenance away, if there is one."
    requires_system_checks = []

    def handle(self, **options):
        try:
            notice.remove()
        except OSError as fault:
            raise CommandError(f"The notice cannot be removed: {fault}")

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Succeeds when there is a superuser."

    def handle(self, **options):
        if not get_user_model().objects.filter(is_superuser=True).exists():
            raise CommandError("There is no superuser.")

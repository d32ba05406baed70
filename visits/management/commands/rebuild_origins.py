"""manage.py rebuild_origins: which texts are copies of one, and on how many origins each visit rests, made anew."""

from typing import Any

from django.core.management import BaseCommand
from django.db import transaction

from visits import origins


class Command(BaseCommand):
    help = "Work out anew which texts are copies of one, and on how many origins each visit rests."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{origins.rebuild()} visits")

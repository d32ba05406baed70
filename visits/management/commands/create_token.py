"""`manage.py create_token USER NAME`: a token for the API, shown once."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from visits import access
from visits.models import ApiToken


class Command(BaseCommand):
    help = "Make a token for the API and print it: it is stored as a hash and cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user")
        parser.add_argument("name", help="what the token is for")

    def handle(self, *args: Any, **options: Any) -> None:
        users = get_user_model()
        user = users._default_manager.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"There is no user “{options['user']}”.")
        if ApiToken.objects.filter(user=user, name=options["name"]).exists():
            raise CommandError(f"{user} has a token named “{options['name']}” already.")
        self.stdout.write(access.create_token(user, options["name"]))

"""`manage.py export_visits --format jsonl|csv [guest=TM host=JP ...]`: what is published, to standard output."""

from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlencode

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from visits import enums, exports, paging
from visits.filters import FilterError, VisitFilter
from visits.models import Meeting, MeetingVisit, Official, OfficialName, Tenure, Visit


class Command(BaseCommand):
    help = (
        "Write what is published to standard output: JSON Lines of records (with the meetings that stand alone, "
        "officials and tenures) in the order of their uids, or CSV of visits. Filters leave just visits."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=["jsonl", "csv"], default="jsonl")
        parser.add_argument("filters", nargs="*", metavar="NAME=VALUE", help="as in the address of /visits/: guest=TM")

    def handle(self, *args: Any, **options: Any) -> None:
        pairs = [tuple(text.split("=", 1)) for text in options["filters"]]
        if wrong := [pair[0] for pair in pairs if len(pair) == 1]:
            raise CommandError(f"{wrong[0]}: write a filter as name=value, for example guest=TM.")
        try:
            visits = VisitFilter.open(QueryDict(urlencode(pairs)))
        except FilterError as error:
            raise CommandError(str(error)) from error
        if options["format"] == "csv":
            for text in exports.csv_lines("visits", visits.qs, paging.BY_ID):
                self.stdout.write(text, ending="")
            return
        sets = [visits.qs] if pairs else [*_people(), Visit.objects.published(), _alone()]
        for queryset in sets:
            for line in exports.lines_by_uid(queryset):
                self.stdout.write(line.decode(), ending="")


def _people() -> list[QuerySet[Any]]:
    """What the records of visits do not say about the people in them: other names and tenures."""
    people = Official.objects.public()
    named = people.filter(Exists(OfficialName.objects.filter(official=OuterRef("pk"))) | ~Q(wikidata=""))
    return [named, Tenure.objects.filter(official__in=people.values("pk"))]


def _alone() -> QuerySet[Any]:
    """Meetings that lie in no published visit: the others stand in their visits."""
    inside = MeetingVisit.objects.filter(meeting=OuterRef("pk"), visit__state=enums.State.PUBLISHED)
    return Meeting.objects.published().exclude(Exists(inside))

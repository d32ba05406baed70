"""`?q=`: every word has to occur somewhere in a record: its texts, names, countries or quotes."""

import re
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat, Replace

from visits import enums, lookup, names
from visits.catalogue import Catalogue
from visits.models import (
    Citation,
    Meeting,
    MeetingVisit,
    Member,
    Official,
    OfficialName,
    Organization,
    Participant,
    Visit,
)
from visits.models.bases import Fold
from visits.models.events import PRINTED

from .base import Union

_PUBLISHED = enums.State.PUBLISHED
_WORD = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    return list(dict.fromkeys(_WORD.findall(text)))[:20]


def beginning(word: str) -> SearchQuery:
    """Words that begin so (short ones whole), quoted, so that nothing in it is an operator."""
    folded = Replace(Fold(Value(word)), Value("'"), Value("''"), output_field=TextField())
    ending = Value("':*") if len(word) > 2 else Value("'")
    quoted = Concat(Value("'"), folded, ending, output_field=TextField())
    return SearchQuery(quoted, config="simple", search_type="raw")


def _persons(model: Any, word: str, query: SearchQuery) -> list[QuerySet[Any]]:
    """Rows of persons as printed so, and of officials with such a name."""
    found = [model.objects.annotate(printed=PRINTED).filter(printed=query)]
    if names.search_key(word):
        named = (Official.objects.values("pk"), OfficialName.objects.values("official_id"))
        found += [model.objects.filter(official__in=rows.filter(lookup.with_word(word)).order_by()) for rows in named]
    return found


def visits_with(word: str, known: Catalogue) -> Union:
    query, key, found = beginning(word), names.search_key(word), Union()
    found.add(Visit.objects.filter(text_vector=query), "pk")
    if codes := known.countries_named(key) if key else []:
        found.add(Visit.objects.filter(guest_country__in=codes), "pk")
        found.add(Visit.objects.filter(host_country__in=codes), "pk")
    if key:
        bodies = Organization.objects.filter(lookup.with_word(word)).values("pk")
        found.add(Visit.objects.filter(guest_organization__in=bodies), "pk")
        found.add(Visit.objects.filter(host_organization__in=bodies), "pk")
    for members in _persons(Member, word, query):
        found.add(members.filter(delegation__visit__isnull=False), "delegation__visit_id")
    met = MeetingVisit.objects.filter(meeting__state=_PUBLISHED)
    found.add(met.filter(meeting__in=Meeting.objects.filter(text_vector=query).values("pk")), "visit_id")
    for people in _persons(Participant, word, query):
        found.add(met.filter(meeting__in=people.order_by().values("meeting_id")), "visit_id")
    _add_quoted(found, "visit", query)
    return found


def meetings_with(word: str, known: Catalogue) -> Union:
    query, key, found = beginning(word), names.search_key(word), Union()
    found.add(Meeting.objects.filter(text_vector=query), "pk")
    if codes := known.countries_named(key) if key else []:
        found.add(Meeting.objects.filter(venue_country__in=codes), "pk")
        found.add(Participant.objects.filter(side_country__in=codes), "meeting_id")
    for members in _persons(Member, word, query):
        found.add(members.filter(delegation__meeting__isnull=False), "delegation__meeting_id")
    for people in _persons(Participant, word, query):
        found.add(people, "meeting_id")
    _add_quoted(found, "meeting", query)
    return found


def _add_quoted(found: Union, owner: str, query: SearchQuery) -> None:
    """Whose citations have these words, or those of what belongs to it."""
    parts = ["delegation", "member__delegation", "topic_link", "dialogue_link", "outcome"]
    parts += ["participant__meeting"] if owner == "meeting" else []
    for path in (owner, *(part if part.endswith(owner) else f"{part}__{owner}" for part in parts)):
        found.add(Citation.objects.filter(**{"text_vector": query, f"{path}__isnull": False}), f"{path}_id")


def with_words(queryset: QuerySet[Any], text: str, *columns: str) -> QuerySet[Any]:
    """Rows with every word in one of these columns; accents and case aside."""
    for index, word in enumerate(words_of(text)):
        found = Q()
        for column in columns:
            alias = f"folded_{index}_{column}"
            queryset = queryset.alias(**{alias: Fold(F(column))})
            found |= Q(**{f"{alias}__contains": Fold(Value(word))})
        queryset = queryset.filter(found)
    return queryset

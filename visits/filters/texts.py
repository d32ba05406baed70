"""`?q=`: every word has to occur somewhere in a record: its texts, names, countries or quotes."""

import re
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, Concat, Replace

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


def officials_named(word: str) -> QuerySet[Any]:
    """Ids of officials with a name that has this word in it."""
    by_name = Official.objects.filter(lookup.with_word(word)).order_by().values("pk")
    return by_name.union(OfficialName.objects.filter(lookup.with_word(word)).order_by().values("official_id"))


def _persons(model: Any, word: str, query: SearchQuery) -> list[QuerySet[Any]]:
    printed = model.objects.annotate(printed=PRINTED).filter(printed=query)
    return [model.objects.filter(official__in=officials_named(word)), printed] if names.search_key(word) else [printed]


def visits_with(queryset: QuerySet[Any], text: str, known: Catalogue) -> QuerySet[Any]:
    for word in words_of(text):
        query, found = beginning(word), Union()
        found.add(Visit.objects.filter(text_vector=query), "pk")
        key = names.search_key(word)
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
        found.add(_quoted("visit", query), "record")
        queryset = found.of(queryset)
    return queryset


def meetings_with(queryset: QuerySet[Any], text: str, known: Catalogue) -> QuerySet[Any]:
    for word in words_of(text):
        query, found = beginning(word), Union()
        found.add(Meeting.objects.filter(text_vector=query), "pk")
        key = names.search_key(word)
        if codes := known.countries_named(key) if key else []:
            found.add(Meeting.objects.filter(venue_country__in=codes), "pk")
            found.add(Participant.objects.filter(side_country__in=codes), "meeting_id")
        for members in _persons(Member, word, query):
            found.add(members.filter(delegation__meeting__isnull=False), "delegation__meeting_id")
        for people in _persons(Participant, word, query):
            found.add(people, "meeting_id")
        found.add(_quoted("meeting", query), "record")
        queryset = found.of(queryset)
    return queryset


def _quoted(owner: str, query: SearchQuery) -> QuerySet[Any]:
    """Citations with these words of a visit or meeting or of what belongs to it; `record` is its id."""
    paths = [f"{owner}_id", f"delegation__{owner}_id", f"member__delegation__{owner}_id"]
    paths += [f"{part}__{owner}_id" for part in ("topic_link", "dialogue_link", "outcome")]
    if owner == "meeting":
        paths.append("participant__meeting_id")
    quoting = Citation.objects.filter(text_vector=query).annotate(record=Coalesce(*paths))
    return quoting.filter(record__isnull=False)


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

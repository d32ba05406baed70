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

_MEMBERS: QuerySet[Any] = Member.objects.annotate(printed=PRINTED).order_by()
_PARTICIPANTS: QuerySet[Any] = Participant.objects.annotate(printed=PRINTED).order_by()
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


def _persons(word: str, query: SearchQuery) -> Q:
    """Who is printed so, or whose official has such a name."""
    if not names.search_key(word):
        return Q(printed=query)
    main, other = Official.objects.values_list("pk"), OfficialName.objects.values_list("official_id")
    called = main.filter(lookup.with_word(word)).order_by().union(other.filter(lookup.with_word(word)).order_by())
    return Q(printed=query) | Q(lookup.among([pk for (pk,) in called], "official"))


def visits_with(word: str, known: Catalogue) -> Union:
    query, key, found = beginning(word), names.search_key(word), Union()
    own = Q(text_vector=query)
    if key:
        codes = known.countries_named(key)
        bodies = list(Organization.objects.filter(lookup.with_word(word)).order_by().values_list("pk", flat=True))
        for side in ("guest", "host"):
            own |= Q(**{f"{side}_country__in": codes}) | Q(**{f"{side}_organization__in": bodies})
    found.add(Visit.objects.filter(own), "pk")
    who = _persons(word, query)
    found.add(_MEMBERS.filter(who), "delegation__visit_id")
    met = MeetingVisit.objects.filter(meeting__state=_PUBLISHED)
    found.add(met.filter(meeting__in=Meeting.objects.filter(text_vector=query).values("pk")), "visit_id")
    found.add(met.filter(meeting__in=_PARTICIPANTS.filter(who).values("meeting_id")), "visit_id")
    add_cited(found, "visit", Citation.objects.filter(text_vector=query))
    return found


def meetings_with(word: str, known: Catalogue) -> Union:
    query, key, found = beginning(word), names.search_key(word), Union()
    codes = known.countries_named(key) if key else []
    found.add(Meeting.objects.filter(Q(text_vector=query) | Q(venue_country__in=codes)), "pk")
    who = _persons(word, query)
    found.add(_MEMBERS.filter(who), "delegation__meeting_id")
    found.add(_PARTICIPANTS.filter(who | Q(side_country__in=codes)), "meeting_id")
    add_cited(found, "meeting", Citation.objects.filter(text_vector=query))
    return found


def add_cited(found: Union, owner: str, cited: QuerySet[Citation]) -> None:
    """The visits or meetings that these citations evidence, as a whole or in part."""
    parts = ["delegation", "member__delegation", "topic_link", "dialogue_link", "outcome"]
    parts += ["participant"] if owner == "meeting" else []
    found.add(cited.filter(**{f"{owner}__isnull": False}), f"{owner}_id")
    found.add(cited.filter(**{owner: None}), *(f"{part}__{owner}_id" for part in parts))


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

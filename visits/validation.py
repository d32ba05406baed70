"""The rule book: what a record needs beyond its shape, for every way in (file, article, API, admin)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop as _

from . import names, record, scripts


@dataclass(frozen=True)
class Fault:
    """Why a record cannot be stored as it is. `field` is its path in the record, as in `delegations.0.sender`."""

    field: str
    value: str
    code: str
    detail: str


def faults(item: record._Record, countries: frozenset[str]) -> list[Fault]:
    """All faults of a record, given the codes that the tracker knows; empty when it may be stored."""
    return list(_faults(item, countries))


def disguises(item: record._Record, cells: Iterable[tuple[str, str]]) -> list[Fault]:
    """Cells, as they stand in the file, whose hidden characters were cleaned out of the name of a person in `item`.

    What is left may read like the name of somebody else, whom the file does not mean.
    """
    suspect = [(column, text) for column, text in cells if next(scripts.hidden_words(text), None) is not None]
    if not suspect:
        return []
    words = {word for _path, name in _people(item) for word in name.split()}
    return [
        Fault(column, text, "hidden-characters", names.disguise(text))
        for column, text in suspect
        if any(words & {*names.clean(word).split(), word} for word in scripts.hidden_words(text))
    ]


def _people(item: record._Record) -> Iterator[tuple[str, str]]:
    """The names by which officials are meant, with their paths."""
    if isinstance(item, record.OfficialRecord):
        yield "name", item.name
        yield from ((f"other_names.{index}.text", other.text) for index, other in enumerate(item.other_names))
    elif isinstance(item, record.TenureRecord):
        yield "official.name", item.official.name
    else:
        yield from _people_met("", item)
        for index, meeting in enumerate(item.meetings if isinstance(item, record.VisitData) else ()):
            yield from _people_met(f"meetings.{index}.", meeting)


def _people_met(prefix: str, item: Any) -> Iterator[tuple[str, str]]:
    persons = [
        (f"{prefix}delegations.{index}.members.{number}", member)
        for index, delegation in enumerate(item.delegations)
        for number, member in enumerate(delegation.members)
    ]
    persons += [(f"{prefix}participants.{n}", person) for n, person in enumerate(getattr(item, "participants", ()))]
    yield from ((f"{path}.official.name", person.official.name) for path, person in persons if person.official)


def _faults(item: record._Record, countries: frozenset[str]) -> Iterator[Fault]:
    for path, name in _people(item):
        if wrong := names.disguise(name):
            yield Fault(path, name, "no-name", wrong)
    if isinstance(item, record.VisitData):
        yield from _side("guest", item.guest, countries)
        if not item.host.country:
            yield Fault("host", item.host.as_printed, "host-needs-country", _("Name the country that was visited."))
        yield from _known("host.country", item.host.country, countries)
        yield from _delegations("", item.delegations, countries)
        for index, meeting in enumerate(item.meetings):
            yield from _meeting(f"meetings.{index}.", meeting, countries)
    elif isinstance(item, record.MeetingRecord):
        yield from _meeting("", item, countries)
    elif isinstance(item, record.OfficialRecord):
        yield from _known("country", item.country, countries)
        for path, name in _people(item):
            if not any(map(str.isalpha, name)):
                yield Fault(path, name, "no-name", names.flaw(name))
    elif isinstance(item, record.TenureRecord):
        if not (item.official.uid or item.official.name):
            yield Fault("official", "", "needed", _("Name the official."))
        if not (item.post.uid or item.post.title):
            yield Fault("post", "", "needed", _("Name the post."))


def _meeting(prefix: str, meeting: record.Meeting, countries: frozenset[str]) -> Iterator[Fault]:
    yield from _known(f"{prefix}venue_country", meeting.venue_country, countries)
    yield from _delegations(prefix, meeting.delegations, countries)
    for index, person in enumerate(meeting.participants):
        yield from _side(f"{prefix}participants.{index}.side", person.side, countries)
        yield from _named(f"{prefix}participants.{index}", person)


def _delegations(prefix: str, items: list[record.Delegation], countries: frozenset[str]) -> Iterator[Fault]:
    for index, delegation in enumerate(items):
        yield from _side(f"{prefix}delegations.{index}.sender", delegation.sender, countries)
        for number, member in enumerate(delegation.members):
            yield from _named(f"{prefix}delegations.{index}.members.{number}", member)


def _named(path: str, person: record.Person) -> Iterator[Fault]:
    if not (person.as_printed or person.name_as_printed or person.post_as_printed or person.official):
        yield Fault(path, "", "needs-name", _("Give the person a name or a post as printed."))


def _side(path: str, side: record.Side, countries: frozenset[str]) -> Iterator[Fault]:
    if not side.country and not side.organization:
        yield Fault(path, side.as_printed, "needs-side", _("Name a country or an organization that the tracker knows."))
    yield from _known(f"{path}.country", side.country, countries)


def _known(path: str, code: str | None, countries: frozenset[str]) -> Iterator[Fault]:
    if code and code not in countries:
        yield Fault(path, code, "unknown-country", _("No country has this code: see /countries/ for those there are."))

"""Whose account it is: the people and topics of a visit by who tells of them: the guest's side, the host's, neither."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from visits import enums, origins, speakers
from visits.models import Meeting, Source, Visit

from . import encounters
from .evidence import Evidence, Note

STANDINGS = {
    "both": gettext_lazy("both"),
    "guest": gettext_lazy("guest only"),
    "host": gettext_lazy("host only"),
    "": gettext_lazy("neither"),
}


@dataclass
class Told:
    """A person or a topic, with the notes of each side; `others` are those of third parties."""

    label: str
    url: str
    guest: list[Note] = field(default_factory=list)
    host: list[Note] = field(default_factory=list)
    others: list[Note] = field(default_factory=list)

    @property
    def standing(self) -> str:
        """Which sides tell of it."""
        if self.guest and self.host:
            return "both"
        return "guest" if self.guest else "host" if self.host else ""

    @property
    def standing_label(self) -> str:
        return str(STANDINGS[self.standing])

    @property
    def is_from_one_side(self) -> bool:
        """Whether one side alone tells of it, and nobody else."""
        return bool(self.guest) != bool(self.host) and not self.others

    def add(self, note: Note, side: str) -> None:
        notes = {speakers.GUEST: self.guest, speakers.HOST: self.host}.get(side, self.others)
        if note not in notes:
            notes.append(note)


@dataclass
class Accounts:
    """`people` and `topics` are empty where no side tells of the visit itself."""

    origins: int
    copies: list[list[Source]]
    people: list[Told]
    topics: list[Told]

    @property
    def groups(self) -> list[tuple[str, list[Told]]]:
        return [group for group in ((_("People"), self.people), (_("Topics"), self.topics)) if group[1]]

    @property
    def differ(self) -> bool:
        """Whether the table says more than one sentence could."""
        return len({one.standing for one in (*self.people, *self.topics)}) > 1

    @property
    def one_sided(self) -> int:
        """How many of these are known from one side only."""
        return sum(one.is_from_one_side for one in (*self.people, *self.topics))


def accounts_of(visit: Visit, meetings: Iterable[Meeting], evidence: Evidence, count: int) -> Accounts:
    """`count` is the number of independent origins. One query for copies; two or four more where an office speaks."""
    found = Accounts(count, _copies(evidence), [], [])
    guest: speakers.Party = visit.guest_country_id, visit.guest_organization_id
    host: speakers.Party = visit.host_country_id, None
    told = {id(note): _told(note) for note in evidence.notes}
    spoken = any(speakers.is_office(words) for one in told.values() for words in (one.attributed_to, one.publisher))
    if not spoken:
        return found
    asked = speakers.Speakers((guest, host))
    sides = {key: asked.side(one, guest, host) for key, one in told.items()}
    if not any(sides.values()):
        return found
    for rows, subjects in ((found.people, _people(visit, meetings)), (found.topics, _topics(visit, meetings))):
        by_key: dict[Any, Told] = {}
        for key, label, url, record in subjects:
            one = by_key.setdefault(key, Told(label, url))
            for note in evidence.notes_of(record):
                one.add(note, sides[id(note)])
        rows += [one for one in by_key.values() if one.guest or one.host or one.others]
    return found


def _told(note: Note) -> speakers.Told:
    source = note.source
    is_dataset = source.kind == enums.SourceKind.DATASET
    return speakers.Told(note.citation.attributed_to, source.publisher, is_dataset)


def _copies(evidence: Evidence) -> list[list[Source]]:
    """The sources whose texts are copies of one, each group in the order of the page."""
    sources = {note.source.pk: note.source for note in evidence.notes}
    groups: dict[int, list[Source]] = {}
    for pk, origin in sorted(origins.origins_of(sources).items()):
        groups.setdefault(origin, []).append(sources[pk])
    return [group for group in groups.values() if len(group) > 1]


Subject = tuple[Any, str, str, models.Model]  # what makes two one, label, address, the row that is cited


def _people(visit: Visit, meetings: Iterable[Meeting]) -> Iterable[Subject]:
    rows: list[Any] = [member for delegation in visit.delegations.all() for member in delegation.members.all()]
    for meeting in meetings:
        rows += meeting.participants.all()
        rows += [member for delegation in meeting.delegations.all() for member in delegation.members.all()]
    for row in rows:
        label = encounters.person_name(row)
        address = row.official.get_absolute_url() if row.official else ""
        yield row.official_id or label.casefold(), label, address, row


def _topics(visit: Visit, meetings: Iterable[Meeting]) -> Iterable[Subject]:
    records: list[Any] = [visit, *meetings]
    for record in records:
        for link in record.topic_links.all():
            label = str(link.topic) if link.topic else link.as_printed
            address = link.topic.get_absolute_url() if link.topic else ""
            yield link.topic_id or label.casefold(), label, address, link

"""Visits of foreign leaders to the United States, as the Office of the Historian publishes them in XML (CC0).

One `<visit>` is one visit of the country in `<from>` with one delegation, its members parsed from `<visitor>`,
the first printed its head. Source: https://history.state.gov/departmenthistory/visits
"""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from visits import names
from visits.enums import Rank, SourceKind, Status
from visits.record import Citation, Delegation, Member, OfficialRef, PostRef, Side, SourceRef, VisitData

from .hsg_checks import Columns, is_whole
from .hsg_countries import country_of
from .hsg_kinds import kind_of
from .reading import InputFile, InputRow, UnreadableInput, build
from .titles import ParsedPerson, parse_visitors, rank_of
from .xml_rows import xml_rows

DATASET = "hsg-visits"
SOURCE = SourceRef(
    kind=SourceKind.DATASET,
    slug=DATASET,
    title="Visits by Foreign Leaders",
    publisher="Office of the Historian, U.S. Department of State",
    url="https://history.state.gov/departmenthistory/visits",
    language="en",
    free_to_show=True,
)
# Which column each field was read from.
COLUMNS = {
    "external_ids": "id",
    "start": "start-date",
    "end": "end-date",
    "guest": "from",
    "guest.country": "from@id",
    "kind": "description",
    "kind_as_printed": "description",
    "summary": "description",
    "delegations": "visitor",
}
_CHECKED = Columns(
    row="Visit",
    required=("id", "start-date", "end-date", "visitor", "from", "from@id", "description"),
    may_be_empty=("description",),
    country="from",
)
_HEAD = re.compile(rb"<visits[\s>].*?<visit[\s>].*?<visitor[\s>]", re.DOTALL)


class HsgVisitsReader:
    name = DATASET
    label: Any = gettext_lazy("Visits by foreign leaders (Office of the Historian, XML)")
    suffixes: tuple[str, ...] = ()
    element, columns = ("visits", "visit"), _CHECKED.required

    def recognises(self, name: str, head: bytes) -> bool:
        return name.lower().endswith(".xml") and (bool(_HEAD.search(head)) or _is_utf16_visits(head))

    def check(self, file: InputFile) -> None:
        self.count(file)

    def count(self, file: InputFile) -> int:
        number = sum(1 for _ in xml_rows(file, "visits", "visit"))
        if not number:
            raise UnreadableInput(file.name, "no-rows", _("It holds no <visit>."))
        return number

    def read(self, file: InputFile) -> Iterator[InputRow]:
        """One row per `<visit>`, numbered from 1 within the file."""
        self.check(file)
        for number, xml in enumerate(xml_rows(file, "visits", "visit"), start=1):
            row = InputRow(file.name, number, xml.columns, dataset=DATASET)
            if is_whole(row, xml, _CHECKED):
                build(row, lambda row=row: _visit(row, file.sha256), COLUMNS)  # type: ignore[misc]
            yield row


def _is_utf16_visits(head: bytes) -> bool:
    return head[:2] in {b"\xff\xfe", b"\xfe\xff"} and bool(_HEAD.search(head.replace(b"\0", b"")))


def _visit(row: InputRow, sha256: str) -> VisitData:
    text = {column: names.clean(value) for column, value in row.raw.items()}
    country = country_of(text["from@id"], text["from"], text["start-date"])
    guest = Side(country=country, as_printed=text["from"])
    kind, kind_as_printed = kind_of(text["description"])
    persons = parse_visitors(text["visitor"])
    members = [_member(person, country, head=index == 0) for index, person in enumerate(persons)]
    return VisitData(
        external_ids=[f"{DATASET}:{text['id']}"],
        start=text["start-date"],
        end=text["end-date"],
        kind=kind,
        kind_as_printed=kind_as_printed,
        status=Status.COMPLETED,
        guest=guest,
        host=Side(country="US", as_printed="United States"),
        summary=text["description"],
        delegations=[Delegation(sender=guest, members=members)],
        sources=[SOURCE],
        citations=[Citation(source=0, external_id=text["id"], file_sha256=sha256, row=row.raw, columns=COLUMNS)],
    )


def _member(person: ParsedPerson, country: str | None, head: bool) -> Member:
    rank: Rank = rank_of(person.post, country, among_leaders=True)
    return Member(
        as_printed=person.as_printed,
        name_as_printed=person.name_as_printed,
        post_as_printed=person.post_as_printed,
        official=OfficialRef(name=person.name, country=country) if person.name else None,
        post=PostRef(title=person.post, rank=rank, country=country) if person.post else None,
        head=head,
    )

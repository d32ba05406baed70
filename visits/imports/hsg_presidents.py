"""Presidents of the United States with the days on which they took and left office (Office of the Historian, CC0).

One `<president>` is one tenure. The list lies in the folder of the travels, which is counted in legs: so it is loaded
when it is named itself. Source: https://github.com/HistoryAtState/travels
"""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from visits import dates, names
from visits.enums import SourceKind
from visits.record import Citation, SourceRef, TenureRecord

from .hsg_checks import note_repeated
from .hsg_travels import PRESIDENT_OF_US, official_of
from .reading import InputFile, InputRow, UnreadableInput, build
from .xml_rows import XmlRow, xml_rows

DATASET = "hsg-presidents"
SOURCE = SourceRef(
    kind=SourceKind.DATASET,
    slug=DATASET,
    title="Presidents of the United States",
    publisher="Office of the Historian, U.S. Department of State",
    url="https://github.com/HistoryAtState/travels",
    language="en",
    free_to_show=True,
)
_TOOK, _LEFT = "took-office-date", "left-office-date"
_STILL = f"{_LEFT}@still-in-office"
# Which column each field was read from.
COLUMNS = {"external_ids": "@n", "official": "name", "start": _TOOK, "end": _LEFT}
_REQUIRED = ("@n", "id", "name", _TOOK, _LEFT)
_HEAD = re.compile(rb"<presidents[\s>].*?<president[\s>].*?<took-office-date[\s>]", re.DOTALL)


class HsgPresidentsReader:
    name = DATASET
    label: Any = gettext_lazy("Presidents and their time in office (Office of the Historian, XML)")
    suffixes: tuple[str, ...] = ()
    element, columns = ("presidents", "president"), _REQUIRED
    alone = _("It lists presidents, not travels: load it by its own name for the time in which they held office.")

    def recognises(self, name: str, head: bytes) -> bool:
        return name.lower().endswith(".xml") and bool(_HEAD.search(head))

    def check(self, file: InputFile) -> None:
        if not any(True for _ in xml_rows(file, *self.element)):
            raise UnreadableInput(file.name, "no-rows", _("It holds no <president>."))

    def read(self, file: InputFile) -> Iterator[InputRow]:
        """One row per `<president>`, numbered from 1 within the file."""
        self.check(file)
        for number, xml in enumerate(xml_rows(file, *self.element), start=1):
            row = InputRow(file.name, number, xml.columns, dataset=DATASET)
            text = {column: names.clean(value) for column, value in xml.columns.items()}
            if _is_whole(row, xml, text):
                build(row, lambda row=row, text=text: _tenure(row, text, file.sha256), COLUMNS)  # type: ignore[misc]
            yield row


def _is_whole(row: InputRow, xml: XmlRow, text: dict[str, str]) -> bool:
    """Notes what is wrong; an end may be empty only where the list says that the person is still in office."""
    where = f"President in line {xml.line}"
    note_repeated(row, xml, text, where)
    for column in _REQUIRED:
        if not text.get(column) and not (column == _LEFT and text.get(_STILL) == "true"):
            row.problem(
                column, "", "missing", _("%(where)s: %(column)s is missing.") % {"where": where, "column": column}
            )
    if text.get("@n") and not re.fullmatch(r"[0-9]{1,4}", text["@n"]):
        row.problem("@n", text["@n"], "wrong-id", _("%(where)s: the number has to be a number.") % {"where": where})
    for column in (_TOOK, _LEFT):
        try:
            if text.get(column):
                dates.parse(text[column])
        except dates.DateError as error:
            row.problem(column, text[column], "wrong-date", f"{where}: {error}")
    return not row.problems


def _tenure(row: InputRow, text: dict[str, str], sha256: str) -> TenureRecord:
    return TenureRecord(
        external_ids=[f"{DATASET}:{text['@n']}"],
        official=official_of(text["id"], text["name"]),
        post=PRESIDENT_OF_US,
        start=text[_TOOK],
        end=text[_LEFT],
        sources=[SOURCE],
        citations=[Citation(external_id=text["@n"], file_sha256=sha256, row=row.raw, columns=COLUMNS)],
    )

"""The first row of a table: which table it is, and which column each heading means."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from visits import names
from visits.imports.reading import MAX_COLUMNS, PROBLEM, Heading, InputFile, Options, UnreadableInput, together

from . import TABLES, Table
from .cells import Header
from .columns import date_order, key

_EXAMPLES = 3


def table_of(headings: Sequence[str], options: Options | None = None) -> Table:
    """The table that most of these headings fit; one that has all the columns it needs goes before the others."""
    resolved = {table: _columns(table, headings, options or Options()) for table in TABLES.values()}

    def fit(table: Table) -> tuple[bool, int, bool]:
        known = {column for column in resolved[table] if column}
        return set(table.required) <= known, len(known), table.name == "visits"

    return max(resolved, key=fit)


def recognised(name: str, headings: Sequence[str]) -> Table | None:
    """The table that a file of this name with these headings is for, or None if it may be something else."""
    table = table_of(headings)
    known = {column for column in _columns(table, headings, Options()) if column}
    if not set(table.required) <= known:
        return None
    told = not table.tells or bool(known & set(table.tells)) or key(table.name) in key(name)
    return table if told and len(known) * 2 >= len(headings) else table if table.name == "visits" else None


def read_header(
    file: InputFile, cells: Sequence[str], options: Options, row: int = 1, table: Table | None = None
) -> Header:
    """The header; UnreadableInput names every heading that is unknown, repeated or missing."""
    name = file.name
    if len(cells) > MAX_COLUMNS:
        detail = _("It has %(number)s columns, at most %(most)s are read.") % {
            "number": len(cells),
            "most": MAX_COLUMNS,
        }
        raise UnreadableInput(name, "too-many-columns", detail, row)
    table = table or table_of(cells, options)
    _check_options(name, options, table)
    ignored = {heading for heading in cells if _is_ignored(table, heading, _is_own(cells))}
    columns: dict[str, str] = {}
    orders: dict[str, str] = {}
    faults: list[UnreadableInput] = []
    for heading, column in zip(cells, _columns(table, cells, options), strict=True):
        if column is None:
            faults.append(_unknown(name, heading, table, row))
        elif column in columns:
            detail = _("“%(heading)s” and “%(other)s” are both the column %(column)s: keep one.") % {
                "heading": heading,
                "other": columns[column],
                "column": column,
            }
            faults.append(UnreadableInput(name, "repeated-column", detail, row, heading, heading))
        elif column:
            columns[column] = heading
            if order := date_order(heading):
                orders[column] = order
    for wanted in table.required:
        if wanted not in columns:
            detail = _("The column %(wanted)s is missing: add it.") % {"wanted": wanted}
            faults.append(UnreadableInput(name, "missing-column", detail, row, wanted))
    repeated = next((heading for place, heading in enumerate(cells) if heading in cells[:place]), None)
    if repeated is not None and not faults:
        detail = _("“%(repeated)s” stands twice: keep one.") % {"repeated": repeated}
        faults.append(UnreadableInput(name, "repeated-column", detail, row, repeated, repeated))
    if faults:
        raise together(faults)
    return Header(table, tuple(cells), columns, frozenset(ignored), orders)


def described(
    cells: Sequence[str], rows: Sequence[Sequence[str]], options: Options, table: Table | None = None
) -> tuple[Table, list[Heading]]:
    """The table and its headings, with values from these rows; a heading that is left out has the column ""."""
    table = table or table_of(cells, options)
    found = []
    for place, (heading, column) in enumerate(zip(cells, _columns(table, cells, options), strict=True)):
        values = (names.clean(row[place]) for row in rows if place < len(row))
        examples = tuple(dict.fromkeys(value for value in values if value))[:_EXAMPLES]
        nearest = table.nearest_column(heading) if column is None else None
        found.append(Heading(heading, column, nearest, examples))
    return table, found


def _columns(table: Table, headings: Sequence[str], options: Options) -> list[str | None]:
    """The column of each heading: "" for one that is left out, None for an unknown one."""
    said = {key(heading): column for heading, column in options.columns.items()}
    own = _is_own(headings)
    found: list[str | None] = []
    for heading in headings:
        column = said.get(key(heading))
        if column is not None and (not column or column in table.by_name):
            found.append(column)
        elif _is_ignored(table, heading, own):
            found.append("")
        else:
            found.append(table.column_named(heading))
    return found


def _check_options(name: str, options: Options, table: Table) -> None:
    """What a sender says of headings has to name columns that there are."""
    known = {column for one in TABLES.values() for column in one.by_name}
    for heading, column in options.columns.items():
        if column and column not in known:
            detail = _AS_NO_COLUMN % {"heading": heading, "column": column, "hint": _hint(table, column)}
            raise UnreadableInput(name, "unknown-column", detail, 0, heading, column)


def _is_own(headings: Sequence[str]) -> bool:
    """Whether the tracker itself may have written the table: then columns that are there to be read are ignored."""
    return any(key(heading) == "uid" for heading in headings)


def _is_ignored(table: Table, heading: str, own: bool) -> bool:
    return key(heading) == PROBLEM or (own and table.is_read_only(heading))


def _unknown(name: str, heading: str, table: Table, row: int) -> UnreadableInput:
    known = {"heading": names.clean(heading), "hint": _hint(table, heading)}
    detail = (_UNKNOWN if heading.strip() else _WITHOUT_HEADING) % known
    return UnreadableInput(name, "unknown-column", detail, row, heading, heading)


_AS_NO_COLUMN = _("“%(heading)s” is to be read as “%(column)s”, which is no column: %(hint)s")
_UNKNOWN = _("“%(heading)s” is no known column: %(hint)s")
_WITHOUT_HEADING = _("A column has no heading: %(hint)s")


def _hint(table: Table, column: str) -> str:
    if near := table.nearest_column(column):
        return _("did you mean “%(column)s”?") % {"column": near}
    return _("the known ones are %(columns)s.") % {"columns": ", ".join(table.by_name)}

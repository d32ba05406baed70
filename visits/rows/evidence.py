"""Sources and citations as the public reads them: quotes cut, whole texts only where they are free to show."""

from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q

from visits import catalogue
from visits.models import Citation, Source
from visits.models.evidence import TARGETS

from .parts import CHANGED, UID, Part, Row, Shape, column, grouped, organization, url

CUT = 200
# Where a citation's record belongs: the visit or meeting that a reader is led to.
_PARENTS = {
    "delegation": ("delegation__visit_id", "delegation__meeting_id"),
    "member": ("member__delegation__visit_id", "member__delegation__meeting_id"),
    "participant": ("participant__meeting_id",),
    "topic_link": ("topic_link__visit_id", "topic_link__meeting_id"),
    "dialogue_link": ("dialogue_link__visit_id", "dialogue_link__meeting_id"),
    "outcome": ("outcome__visit_id", "outcome__meeting_id"),
}
_TARGET_COLUMNS = tuple(f"{name}_id" for name in TARGETS)
_PARENT_COLUMNS = tuple(path for paths in _PARENTS.values() for path in paths)


def cut_around(before: str, words: str, after: str, length: int = CUT) -> tuple[str, str, str]:
    """What stands around the words, cut so that all three have `length` characters at most; “…” marks a cut."""
    if len(words) >= length:
        return "", words if len(words) == length else words[: length - 1] + "…", ""
    room = length - len(words)
    left = min(len(before), max(room // 2, room - len(after)))
    right = min(len(after), room - left)
    if left < len(before):
        before = "…" + before[len(before) - left + 1 :] if left else ""
    if right < len(after):
        after = after[: right - 1] + "…" if right else ""
    return before, words, after


def _quote(row: Row) -> tuple[str, str, str]:
    parts = row["prefix"], row["exact"], row["suffix"]
    return parts if row["source__free_to_show"] else cut_around(*parts)


_QUOTE = ("prefix", "exact", "suffix", "source__free_to_show")


def _target(row: Row, known: catalogue.Catalogue) -> Row:
    kind = next(name for name in TARGETS if row[f"{name}_id"])
    return {"type": kind, "id": row[f"{kind}_id"]}


def _owner(kind: str) -> Part:
    """The id of the visit or meeting that the cited record is, or belongs to."""
    paths = (f"{kind}_id", *(path for path in _PARENT_COLUMNS if path.endswith(f"{kind}_id")))
    return Part(kind, paths, build=lambda row, known: next((row[path] for path in paths if row[path]), None))


def _cells(row: Row, known: catalogue.Catalogue) -> dict[str, str] | None:
    """The row as printed, column by column."""
    if row["row"] is None or row["source__free_to_show"]:
        return row["row"]
    return {name: cut_around("", str(value), "")[1] for name, value in row["row"].items()}


def source_reference(row: Row, prefix: str = "source__") -> Row:
    pk = row[f"{prefix}pk"]
    title = row[f"{prefix}title"] or row[f"{prefix}url"] or row[f"{prefix}slug"] or f"Source {pk}"
    return {"id": pk, "title": title, "url": url(f"sources/{pk}/")}


_SOURCE = Part(
    "source",
    ("source__pk", "source__title", "source__url", "source__slug"),
    build=lambda row, known: source_reference(row),
)
_ATTRIBUTED = ("attributed_organization_id", "attributed_organization__slug", "attributed_organization__name")
_HAS_TEXT = ExpressionWrapper(Q(start__isnull=False) & Q(source__text__isnull=False), output_field=BooleanField())
CITATION = (
    column("id", "pk"),
    Part("target", _TARGET_COLUMNS, build=_target),
    column("field"),
    _owner("visit"),
    _owner("meeting"),
    _SOURCE,
    Part("prefix", _QUOTE, build=lambda row, known: _quote(row)[0]),
    Part("exact", _QUOTE, build=lambda row, known: _quote(row)[1]),
    Part("suffix", _QUOTE, build=lambda row, known: _quote(row)[2]),
    column("start"),
    column("end"),
    Part("checked", extra={"x_checked": _HAS_TEXT}, build=lambda row, known: row["x_checked"]),
    column("attributed_to"),
    Part(
        "attributed_organization",
        _ATTRIBUTED,
        build=lambda row, known: organization(*(row[name] for name in _ATTRIBUTED)),
    ),
    column("external_id"),
    Part("row", ("row", "source__free_to_show"), build=_cells),
    column("columns"),
    column("rule"),
    column("confidence"),
)
CITATIONS = Shape(CITATION)


def citations_by(owner: str) -> Any:
    """An expansion: the citations of these visits or meetings and of all that belongs to them."""
    paths = (owner, *(path.removesuffix("_id") for path in _PARENT_COLUMNS if path.endswith(f"{owner}_id")))

    def fetch(ids: list[Any], known: catalogue.Catalogue) -> dict[Any, list[Row]]:
        mine = Q()
        for path in paths:
            mine |= Q(**{f"{path}__in": ids})
        rows = CITATIONS.read(Citation.objects.filter(mine).order_by("pk"), known=known)
        return grouped([{"owner": row[owner], **row} for row in rows], "owner", ids)

    return fetch


_FREE = ("free_to_show", "text")


def _texts(ids: list[Any], known: catalogue.Catalogue) -> dict[Any, str | None]:
    free = Source.objects.filter(pk__in=ids, free_to_show=True).values_list("pk", "text")
    return dict.fromkeys(ids) | dict(free)


def _retrieved(row: Row, known: catalogue.Catalogue) -> str | None:
    return row["retrieved_at"].isoformat() if row["retrieved_at"] else None


SOURCES = Shape(
    (
        column("id", "pk"),
        UID,
        Part("url", build=lambda row, known: url(f"sources/{row['pk']}/")),
        column("kind"),
        column("slug"),
        column("title"),
        column("publisher"),
        column("original", "url"),
        column("language"),
        column("published"),
        Part("retrieved", ("retrieved_at",), build=_retrieved),
        column("sha256"),
        column("free_to_show"),
        column("sample"),
        CHANGED,
    ),
    {"text": _texts},
)

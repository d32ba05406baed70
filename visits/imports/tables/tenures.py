"""The table of tenures: one row says that one official held one post from .. to."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_noop as _

from visits import record
from visits.enums import Rank
from visits.imports.titles import rank_of

from .cells import Cells, organization, uid_of
from .columns import SOURCES, UID, Column, Table, external_id

RANKS = tuple(Rank.values)
COLUMNS = (
    UID,
    external_id("the tenure", "ministry-list:t-5", "tenure id"),
    Column(
        "official",
        "Who held the post: a name, a uid, or the list:id that the person has in the table of officials.",
        "Amina Odhiambo",
        ("name", "person", "holder", "official name", "office holder"),
        required=True,
        field="official",
    ),
    Column(
        "official_country",
        "The country of the person, by code or name; empty: that of the post.",
        "Kenya",
        ("country of official", "nationality"),
        field="official.country",
    ),
    Column(
        "post",
        "The title of the post, or its uid.",
        "Minister of Foreign Affairs",
        ("title", "position", "office"),
        required=True,
        field="post",
    ),
    Column(
        "organization",
        "The ministry, parliament or company that the post belongs to, by name or uid.",
        "",
        ("ministry", "institution", "body"),
        field="post.organization",
    ),
    Column(
        "country",
        "The country of the post, by code or name; empty: that of the person.",
        "Kenya",
        ("post country", "country of post"),
        field="post.country",
    ),
    Column(
        "rank",
        "head-of-state, head-of-government, deputy-head-of-government, foreign-minister, minister, deputy-minister, "
        "speaker, parliamentarian, regional-head, ambassador, senior-official, monarch-family, religious-leader, "
        "business or other; empty: told from the title.",
        "foreign-minister",
        ("post rank",),
        field="post.rank",
    ),
    Column(
        "start",
        "The first day, as precisely as you know it.",
        "2022-10-27",
        ("start date", "from", "since", "begin", "took office", "appointed"),
        field="start",
    ),
    Column(
        "end",
        "The last day; empty: still in office, or not known.",
        "",
        ("end date", "to", "until", "left office"),
        field="end",
    ),
    *SOURCES,
)
READ_ONLY = ("id", "url", "official_name", "country_name", "earliest", "latest", "state", "created_at", "updated_at")


def make(cells: Cells) -> Callable[[], record.TenureRecord]:
    """What makes the record; problems with single cells are noted at once."""
    start, end = cells.period()
    for column in ("official", "post"):
        if not cells[column]:
            cells.wrong(column, "missing", _("Write a name."))
    of_post, of_person = cells.country("country", start=start), cells.country("official_country", start=start)
    person = cells.named("official", cells["official"])
    shape: dict[str, Any] = {
        **cells.identity(),
        "official": {
            "uid": person,
            "name": "" if person else cells["official"],
            "country": of_person or of_post,
        },
        "post": _post(cells, of_post or of_person),
        "start": start,
        "end": end,
    }
    return lambda: record.TenureRecord.model_validate(shape)


def _post(cells: Cells, country: str | None) -> dict[str, Any]:
    uid, own = uid_of(cells["post"]), cells["organization"]
    title = "" if uid else cells["post"]
    rank = cells.choice("rank", RANKS, "") or rank_of(title, country)
    return {
        "uid": uid,
        "title": title,
        "rank": rank,
        "country": country,
        "organization": organization(own, country) if own else None,
    }


TABLE = Table("tenures", "tenure", "Tenures", COLUMNS, READ_ONLY, make, ("official",))

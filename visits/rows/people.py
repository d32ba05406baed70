"""Officials, posts, tenures, organizations and countries as the public reads them."""

from typing import Any

from django.db.models import F, QuerySet

from visits import catalogue, sightings
from visits.models import Country, CountryName, Official, OfficialName, OrganizationName, Post, Tenure

from .encounters import external_ids
from .parts import (
    CHANGED,
    UID,
    Part,
    Row,
    Shape,
    column,
    country,
    gathered,
    grouped,
    mine,
    native_name,
    organization,
    record_url,
    url,
)

COUNTRY = Part("country", ("country_id",), build=lambda row, known: country(row["country_id"], known))


def names_of(model: Any, owner: str) -> Part:
    """Other names: text, kind, language, script, and the time in which they were used."""
    shape = {name: F(name) for name in ("text", "kind", "language", "script", "start", "end")}
    found = gathered(model.objects.filter(mine(owner)).order_by("text", "pk"), **shape)
    return Part("other_names", extra={"x_names": found}, build=lambda row, known: row["x_names"])


def page_of(kind: str, title: str) -> Part:
    return Part("url", (title,), build=lambda row, known: record_url(kind, row["pk"], row[title]))


def _official(row: Row, prefix: str = "") -> Row:
    pk, name = row[f"{prefix}id"], row[f"{prefix}name"]
    return {"id": pk, "name": name, "url": record_url("officials", pk, name)}


def _post(row: Row, known: catalogue.Catalogue | None) -> Row:
    pk, title = row["post_id"], row["post__title"]
    return {
        "id": pk,
        "title": title,
        "rank": row["post__rank"],
        "country": row["post__country_id"],
        "url": record_url("posts", pk, title),
    }


_POST_COLUMNS = ("post_id", "post__title", "post__rank", "post__country_id")
_OFFICIAL_OF = Part(
    "official",
    ("official_id", "official__name"),
    build=lambda row, known: _official({"id": row["official_id"], "name": row["official__name"]}),
)
TENURE = (
    column("id", "pk"),
    UID,
    external_ids("tenure"),
    _OFFICIAL_OF,
    Part("post", _POST_COLUMNS, build=_post),
    column("start"),
    column("end"),
    CHANGED,
)
TENURES = Shape(TENURE)


def _tenures_by(owner: str) -> Any:
    shape = Shape((*TENURE, Part("owner", (f"{owner}_id",))))

    def fetch(ids: list[Any], known: catalogue.Catalogue) -> dict[Any, list[Row]]:
        queryset: QuerySet[Any] = Tenure.objects.public().filter(**{f"{owner}__in": ids}).order_by("start", "pk")
        return grouped(shape.read(queryset, known=known), "owner", ids)

    return fetch


def _seen_by(owner: str) -> Any:
    """An expansion: the other side of each post in which published records name somebody."""
    other, model = ("post", Post) if owner == "official" else ("official", Official)

    def fetch(ids: list[Any], known: catalogue.Catalogue) -> dict[Any, list[Row]]:
        found = sightings.seen(owner, ids)
        columns = ("pk", "name") if other == "official" else ("pk", "title", "rank", "country_id")
        wanted = {getattr(one, other) for one in found}
        named = {row["pk"]: row for row in model._default_manager.filter(pk__in=wanted).values(*columns)}
        rows = [
            {
                "owner": getattr(one, owner),
                other: _reference(other, named[getattr(one, other)]),
                "visits": one.visits,
                "meetings": one.meetings,
                "first": one.first,
                "last": one.last,
            }
            for one in found
        ]
        return grouped(sorted(rows, key=lambda row: (row["first"] or "Z", row[other]["id"])), "owner", ids)

    return fetch


def _reference(kind: str, row: Row) -> Row:
    if kind == "official":
        return _official({"id": row["pk"], "name": row["name"]})
    return _post(
        {"post_id": row["pk"], **{f"post__{name}": row[name] for name in ("title", "rank", "country_id")}}, None
    )


OFFICIALS = Shape(
    (
        column("id", "pk"),
        UID,
        page_of("officials", "name"),
        external_ids("official"),
        column("name"),
        names_of(OfficialName, "official"),
        COUNTRY,
        column("wikidata"),
        CHANGED,
    ),
    {"tenures": _tenures_by("official"), "seen": _seen_by("official")},
)

_ORGANIZATION_COLUMNS = ("organization_id", "organization__slug", "organization__name")
ORGANIZATION_OF = Part(
    "organization",
    _ORGANIZATION_COLUMNS,
    build=lambda row, known: organization(*(row[name] for name in _ORGANIZATION_COLUMNS)),
)
POSTS = Shape(
    (
        column("id", "pk"),
        UID,
        page_of("posts", "title"),
        column("title"),
        column("rank"),
        COUNTRY,
        ORGANIZATION_OF,
        column("single_holder"),
        CHANGED,
    ),
    {"tenures": _tenures_by("post"), "seen": _seen_by("post")},
)
ORGANIZATIONS = Shape(
    (
        column("id", "pk"),
        UID,
        page_of("organizations", "name"),
        column("slug"),
        native_name("organization"),
        column("short_name"),
        names_of(OrganizationName, "organization"),
        column("kind"),
        COUNTRY,
        CHANGED,
    )
)


def _region(row: Row, known: catalogue.Catalogue) -> Row | None:
    if row["region_id"] is None:
        return None
    return {"code": row["region_id"], "name": known.region_name(row["region_id"])}


_SUCCESSORS = gathered(Country.objects.filter(mine("predecessors")).order_by("code"), code=F("code"))
COUNTRIES = Shape(
    (
        column("code", "pk"),
        column("alpha3"),
        Part("url", build=lambda row, known: url(f"countries/{row['pk']}/")),
        native_name("country", "pk"),
        column("official_name"),
        names_of(CountryName, "country"),
        column("kind"),
        column("valid_from"),
        column("valid_to"),
        Part("region", ("region_id",), build=_region),
        Part(
            "successors",
            extra={"x_successors": _SUCCESSORS},
            build=lambda row, known: [one["code"] for one in row["x_successors"]],
        ),
        column("demonyms"),
    )
)

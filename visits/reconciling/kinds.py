"""What can be reconciled: one entry a type, with where its names are, what it is called, and its properties."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from visits import dates, enums, rows
from visits.models import Country, Dialogue, Official, Organization, Post, Topic

from . import properties as of
from .properties import Property, Row


@dataclass(frozen=True)
class Names:
    """A column with names, and how it leads to its owner `o`; `key` and `forms` are SQL over the tables of `source`.

    `forms` are searched, by an index; `key` is compared.
    """

    source: str
    key: str
    forms: str


@dataclass(frozen=True)
class Kind:
    """A type of entities. `key` is the part of a row that its ids end with."""

    id: str
    name: Any
    about: Any
    page: str
    key: str
    shape: rows.Shape
    public: Callable[[], QuerySet[Any]]
    names: tuple[Names, ...]
    country: str
    title: Callable[[Row], str]
    describe: Callable[[Row], str]
    properties: dict[str, Property]

    @property
    def numbered(self) -> bool:
        return self.key == "id"

    def entity_id(self, row: Row) -> str:
        return f"{self.id}-{row[self.key]}"


_WITH_FORMS = ("o.key", "visits_fold(o.name)")


def _own(table: str, *keys: str) -> tuple[Names, ...]:
    return tuple(Names(f"{table} o", key, "o.forms" if key in _WITH_FORMS else key) for key in keys)


def _others(table: str, owner: str, owned: str, key: str = "id") -> Names:
    return Names(f"{table} s JOIN {owned} o ON o.{key} = s.{owner}", "s.key", "s.forms")


def _together(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part)


def _place(row: Row) -> str:
    return row["country"]["name"] if row["country"] else ""


def _years(one: Any) -> str:
    years = sorted({day.year for day in (one.first, one.last) if day})
    return "–".join(map(str, years))


def _official(row: Row) -> str:
    held = [one for one in row["seen"] if one.title] or row["seen"]
    newest = sorted(held, key=lambda one: one.last or one.first or date.min, reverse=True)
    return _together(_place(row), *(f"{one.title} {_years(one)}".strip() for one in newest[:3]))


def _post_title(row: Row) -> str:
    return f"{row['title']}, {_place(row)}" if row["country"] else str(row["title"])


def _post(row: Row) -> str:
    return _together(enums.Rank(row["rank"]).label, row["organization"] and row["organization"]["name"])


def _country(row: Row) -> str:
    time = dates.display_range(row["valid_from"], row["valid_to"]) if row["valid_to"] else ""
    return _together(enums.CountryKind(row["kind"]).label, row["region"] and row["region"]["name"], time)


def _organization(row: Row) -> str:
    return _together(enums.OrganizationKind(row["kind"]).label, _place(row), row["short_name"])


def _topic(row: Row) -> str:
    return _("in %(broader)s") % {"broader": row["parent"]["name"]} if row["parent"] else ""


def _dialogue(row: Row) -> str:
    return _together(*(one["name"] for one in row["countries"][:5]))


def _name(row: Row) -> str:
    return str(row["name"])


def _by_id(*found: Property) -> dict[str, Property]:
    return {one.id: one for one in found}


_NAME = Property("name", "Name", of.column("name"))
_OTHER_NAMES = Property("other_names", "Other names", of.other_names)
_COUNTRY = Property("country", "Country", of.linked("country", "country", "code"), of.same_country, type="country")
_PAGE = Property("url", "Page", of.column("url"))
_KIND = Property("kind", "Kind", of.column("kind"), of.same_text("kind"))

KINDS = {
    kind.id: kind
    for kind in (
        Kind(
            "official",
            gettext_lazy("Official"),
            gettext_lazy("A person who holds or held a public office."),
            "official",
            "id",
            rows.SHAPES["officials"],
            Official.objects.public,
            (*_own("visits_official", "o.key"), _others("visits_officialname", "official_id", "visits_official")),
            "o.country_id",
            _name,
            _official,
            _by_id(
                _NAME,
                _OTHER_NAMES,
                _COUNTRY,
                Property("wikidata", "Wikidata id", of.column("wikidata"), of.same_text("wikidata")),
                Property("post", "Post", of.of_tenures(of.post_of), of.same_post, type="post"),
                Property("tenures", "Posts with their time", of.in_words(of.post_of)),
                Property(
                    "rank",
                    "Rank",
                    lambda row: of.plain(*dict.fromkeys(one["post"]["rank"] for one in row["tenures"])),
                    of.same_rank,
                ),
                Property("date", "A day or year in which they held the post", None, of.seen_then),
                _PAGE,
            ),
        ),
        Kind(
            "country",
            gettext_lazy("Country"),
            gettext_lazy("A country, territory or former country."),
            "country",
            "code",
            rows.SHAPES["countries"],
            Country.objects.all,
            (
                *_own("visits_country", "visits_fold(o.name)", "visits_fold(o.official_name)"),
                _others("visits_countryname", "country_id", "visits_country", "code"),
            ),
            "NULL",
            _name,
            _country,
            _by_id(
                _NAME,
                Property("official_name", "Official name", of.column("official_name")),
                _OTHER_NAMES,
                Property("code", "ISO 3166 code", of.column("code"), of.same_text("code", "alpha3")),
                Property("alpha3", "ISO 3166-1 alpha-3 code", of.column("alpha3"), of.same_text("alpha3")),
                _KIND,
                Property(
                    "region",
                    "UN M49 region",
                    lambda row: of.plain(row["region"] and row["region"]["name"]),
                    of.same_reference("region", "region", "code"),
                ),
                Property("valid_from", "Existed from", of.column("valid_from")),
                Property("valid_to", "Existed to", of.column("valid_to")),
                Property("date", "A day or year in which it existed", None, of.existed_then),
                Property(
                    "successors",
                    "Successors",
                    lambda row: [of.entity("country", code, name) for code, name in row["successor_names"]],
                    type="country",
                ),
                Property("demonyms", "Demonyms", of.column("demonyms")),
                _PAGE,
            ),
        ),
        Kind(
            "post",
            gettext_lazy("Post"),
            gettext_lazy("An office, such as the foreign minister of a country."),
            "post",
            "id",
            rows.SHAPES["posts"],
            Post.objects.public,
            _own("visits_post", "o.key"),
            "o.country_id",
            _post_title,
            _post,
            _by_id(
                Property("title", "Title", of.column("title")),
                _COUNTRY,
                Property("rank", "Rank", of.column("rank"), of.same_rank),
                Property(
                    "organization",
                    "Organization",
                    of.linked("organization", "organization", "id"),
                    of.same_reference("organization", "organization", "id"),
                    type="organization",
                ),
                Property("holders", "Holders", of.of_tenures(of.holder_of), type="official"),
                Property("tenures", "Holders with their time", of.in_words(of.holder_of)),
                _PAGE,
            ),
        ),
        Kind(
            "organization",
            gettext_lazy("Organization"),
            gettext_lazy("A ministry, parliament, company or international body."),
            "organization",
            "id",
            rows.SHAPES["organizations"],
            Organization.objects.public,
            (
                *_own("visits_organization", "o.key"),
                _others("visits_organizationname", "organization_id", "visits_organization"),
            ),
            "o.country_id",
            _name,
            _organization,
            _by_id(
                _NAME,
                Property("short_name", "Short name", of.column("short_name"), of.same_text("short_name")),
                _OTHER_NAMES,
                _KIND,
                _COUNTRY,
                _PAGE,
            ),
        ),
        Kind(
            "topic",
            gettext_lazy("Topic"),
            gettext_lazy("A topic of cooperation, such as hydrogen."),
            "topic",
            "slug",
            rows.SHAPES["topics"],
            Topic.objects.all,
            (*_own("visits_topic", "visits_fold(o.name)"), _others("visits_topicname", "topic_id", "visits_topic")),
            "NULL",
            _name,
            _topic,
            _by_id(
                _NAME,
                _OTHER_NAMES,
                Property(
                    "broader",
                    "Broader topic",
                    of.linked("parent", "topic", "slug"),
                    of.same_reference("parent", "topic", "slug"),
                    type="topic",
                ),
                Property("narrower", "Narrower topics", of.linked("narrower", "topic", "slug"), type="topic"),
                _PAGE,
            ),
        ),
        Kind(
            "dialogue",
            gettext_lazy("Dialogue"),
            gettext_lazy("A standing framework of countries, such as Central Asia + Japan."),
            "dialogue",
            "slug",
            rows.SHAPES["dialogues"],
            Dialogue.objects.all,
            (
                *_own("visits_dialogue", "visits_fold(o.name)"),
                _others("visits_dialoguename", "dialogue_id", "visits_dialogue"),
            ),
            "NULL",
            _name,
            _dialogue,
            _by_id(
                _NAME,
                _OTHER_NAMES,
                Property("since", "Since", of.column("since")),
                Property(
                    "country",
                    "Member countries",
                    of.linked("countries", "country", "code"),
                    of.member_country,
                    type="country",
                ),
                Property(
                    "organizations",
                    "Member organizations",
                    of.linked("organizations", "organization", "id"),
                    type="organization",
                ),
                Property("website", "Website", of.column("website")),
                _PAGE,
            ),
        ),
    )
}

# One name for one id: what a property is called where several types have it.
PROPERTIES: dict[str, Property] = {}
for _one in KINDS.values():
    for _property in _one.properties.values():
        PROPERTIES.setdefault(_property.id, _property)

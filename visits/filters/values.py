"""What a filter's value may be: from the text in an address to something known, or an error with what is near it."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rapidfuzz import fuzz

from visits import dates, merged, names, native
from visits.catalogue import Catalogue
from visits.models import ImportRun, Organization, Source, Topic

MAX_ID = 2**63 - 1
MAX_WORDS = 200
_SLUG = re.compile(r"[a-z0-9-]{1,80}")
LIKENESS = 70  # of 100
_NEAREST = 3


@dataclass(frozen=True)
class Known:
    """A value that was understood: what it stands for, and its words for a person."""

    key: Any
    label: str


class UnknownValue(ValueError):
    """Not a value of this filter; the message says why, `nearest` are values that it may have meant."""

    def __init__(self, message: str, nearest: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.nearest = tuple(nearest)


Parse = Callable[[str, Catalogue], Known]


def near(text: str, known: Mapping[str, str], *kinds: str) -> list[str]:
    """The values whose own text, label or name in a language of the interface is most like what was typed."""
    wanted = names.search_key(text)
    abroad = {key: told for kind in kinds for key, told in native.everywhere(kind).items()}
    alike = {
        value: max(fuzz.ratio(wanted, names.search_key(one)) for one in (value, label, *abroad.get(value, ())))
        for value, label in known.items()
    }
    best = sorted(alike, key=lambda value: (-alike[value], value))[:_NEAREST]
    return [value for value in best if alike[value] >= LIKENESS]


def _unknown(text: str, known: Mapping[str, str], *kinds: str) -> UnknownValue:
    nearest = near(text[:80], known, *kinds)
    return UnknownValue(_("“%(value)s” is not known here.") % {"value": text[:80]}, nearest)


# reference data


def country(text: str, known: Catalogue) -> Known:
    """A country by its code, alpha-2, alpha-3 or former, in any case."""
    code = known.country_codes.get(text.strip().lower())
    if not code:
        raise _unknown(text, {code: entry.name for code, entry in known.countries.items()}, "country")
    return Known(code, known.countries[code].name)


@dataclass(frozen=True)
class Party:
    """A country or an organization."""

    country: str | None = None
    organization: int | None = None


def party(text: str, known: Catalogue) -> Known:
    """A country by its code, or an organization by its slug, or by its id where it has none."""
    folded = text.strip().lower()
    if code := known.country_codes.get(folded):
        return Known(Party(country=code), known.countries[code].name)
    if pk := known.organization_slugs.get(folded):
        return Known(Party(organization=pk), known.organizations[pk].name)
    if found := _organization(folded):
        return Known(Party(organization=found.pk), str(found))
    parties = {code: entry.name for code, entry in known.countries.items()} | _labels(known.organizations)
    raise _unknown(text, parties, "country", "organization")


def _organization(text: str) -> Organization | None:
    """A public organization that is no reference data."""
    if not _SLUG.fullmatch(text):
        return None
    public = Organization.objects.public()
    if text.isdecimal():
        found, heir = public.filter(pk=number(text)).first(), merged.heir(Organization, number(text))
    else:
        found, heir = public.filter(slug=text).first(), merged.by_slug(Organization, [text]).get(text)
    return found or public.filter(pk=heir or 0).first()


def pair(text: str, known: Catalogue) -> Known:
    """Two parties joined by a hyphen (`TM-JP`); codes and slugs may have hyphens themselves."""
    parts = text.split("-")
    for cut in range(1, len(parts)):
        try:
            sides = [party("-".join(half), known) for half in (parts[:cut], parts[cut:])]
        except UnknownValue:
            continue
        return Known((sides[0].key, sides[1].key), " – ".join(side.label for side in sides))
    raise UnknownValue(_("“%(value)s” is no pair: write two codes, as in TM-JP.") % {"value": text[:80]})


def _labels(entries: Mapping[int, Any]) -> dict[str, str]:
    return {entry.slug: entry.name for entry in entries.values()}


def topic(text: str, known: Catalogue) -> Known:
    pk = known.topic_slugs.get(text)
    if not pk and _SLUG.fullmatch(text):
        pk = merged.by_slug(Topic, [text]).get(text)
    if not pk or pk not in known.topics:
        raise _unknown(text, _labels(known.topics), "topic")
    return Known(pk, known.topics[pk].name)


def dialogue(text: str, known: Catalogue) -> Known:
    if not (pk := known.dialogue_slugs.get(text)):
        raise _unknown(text, _labels(known.dialogues), "dialogue")
    return Known(pk, known.dialogues[pk].name)


def region(text: str, known: Catalogue) -> Known:
    """A region by its UN M49 code or by its name as a slug (`central-asia`)."""
    if not (code := known.region_slugs.get(text.strip().lower())):
        raise _unknown(text, {names.slug(name): name for name, _parent in known.regions.values()})
    return Known(code, known.region_name(code))


# vocabularies, numbers, dates


def choice(vocabulary: type[models.TextChoices]) -> Parse:
    def parse(text: str, known: Catalogue) -> Known:
        if text not in vocabulary.values:
            raise _unknown(text, {value: str(label) for value, label in vocabulary.choices})
        return Known(text, str(vocabulary(text).label))

    return parse


def one_of(*values: str) -> Parse:
    def parse(text: str, known: Catalogue) -> Known:
        if text not in values:
            raise _unknown(text, {value: value for value in values})
        return Known(text, text)

    return parse


def number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= MAX_ID):
        raise UnknownValue(_("“%(value)s” is no number.") % {"value": text[:80]})
    return int(text)


def number_of(text: str, known: Catalogue) -> Known:
    """An id that is not looked up."""
    return Known(number(text), text)


def between(low: int, high: int) -> Parse:
    def parse(text: str, known: Catalogue) -> Known:
        value = number(text)
        if not low <= value <= high:
            raise UnknownValue(_("It goes from %(low)s to %(high)s.") % {"low": low, "high": high})
        return Known(value, text)

    return parse


def yes_or_no(text: str, known: Catalogue) -> Known:
    if text.lower() not in {"true", "false", "1", "0"}:
        raise UnknownValue(_("“%(value)s” is neither true nor false.") % {"value": text[:80]}, ("true", "false"))
    value = text.lower() in {"true", "1"}
    return Known(value, _("yes") if value else _("no"))


def moment(text: str, known: Catalogue) -> Known:
    """An EDTF date with a year; the key is its text."""
    try:
        parsed = dates.parse(text.strip())
    except dates.DateError as error:
        raise UnknownValue(str(error)) from error
    if not parsed.has_year:
        raise UnknownValue(_("“%(value)s” has no year.") % {"value": text[:80]})
    return Known(str(parsed), dates.display(str(parsed)))


def year(text: str, known: Catalogue) -> Known:
    """A year of four digits, or `unknown`, whose key is None."""
    if text == "unknown":
        return Known(None, _("not known"))
    if not (text.isascii() and text.isdecimal() and len(text) == 4 and int(text)):
        raise UnknownValue(_("“%(value)s” is no year: write 1961, or unknown.") % {"value": text[:80]})
    return Known(int(text), text)


def words(text: str, known: Catalogue) -> Known:
    cleaned = names.clean(text)
    if len(cleaned) > MAX_WORDS:
        raise UnknownValue(_("At most %(length)s characters can be searched for.") % {"length": MAX_WORDS})
    return Known(cleaned, cleaned)


# records


def record(public: Callable[[], QuerySet[Any]]) -> Parse:
    """A public record by its id, alone or with its slug behind it (`12`, `12-any-slug`)."""

    def parse(text: str, known: Catalogue) -> Known:
        pk = number(text.partition("-")[0])
        found = public().filter(pk=pk).first() or public().filter(pk=merged.heir(public().model, pk)).first()
        if not found:
            raise UnknownValue(_("No public record has the id %(id)s.") % {"id": pk})
        return Known(found.pk, str(found))

    return parse


def dataset(text: str, known: Catalogue) -> Known:
    if not Source.objects.filter(slug=text).exists():
        slugs = Source.objects.public().exclude(slug=None).order_by("slug").values_list("slug", flat=True)
        raise _unknown(text, {str(slug): "" for slug in slugs})
    return Known(text, text)


def run(text: str, known: Catalogue) -> Known:
    """A load by its id; what it is called is not public."""
    pk = number(text)
    if not ImportRun.objects.filter(pk=pk).exists():
        raise UnknownValue(_("There is no load %(id)s.") % {"id": pk})
    return Known(pk, text)


def external_id(text: str, known: Catalogue) -> Known:
    slug, colon, value = text.partition(":")
    if not (slug and colon and value) or len(text) > 300 or "\x00" in text:
        raise UnknownValue(_("Write data set and id with a colon, as in hsg-visits:2138."))
    return Known((dataset(slug, known).key, value), text)

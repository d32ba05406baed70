"""A filtered list in words: “visits by Turkmenistan to Eastern Asia, 2015 – 2024”."""

import re
from collections import defaultdict
from collections.abc import Callable

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from visits import dates
from visits.filters import ListFilter, VisitFilter

NOUNS: dict[str, Callable[[int], str]] = {
    "visits": lambda number: ngettext("visit", "visits", number),
    "meetings": lambda number: ngettext("meeting", "meetings", number),
    "officials": lambda number: ngettext("official", "officials", number),
    "posts": lambda number: ngettext("post", "posts", number),
    "organizations": lambda number: ngettext("organization", "organizations", number),
    "countries": lambda number: ngettext("country", "countries", number),
    "topics": lambda number: ngettext("topic", "topics", number),
    "outcomes": lambda number: ngettext("outcome", "outcomes", number),
    "dialogues": lambda number: ngettext("dialogue", "dialogues", number),
}
_PLACES = {"guest", "host", "country"}
_SAID = {"guest", "host", "country", "pair", "region", "from", "to", "year", "undated"}


_WITH_ARTICLE = re.compile(
    r"(United|Democratic|Dominican|Central African|European|African) |(Republic|Kingdom|Union|Federation) of "
    r"|.* (Islands|Republic|Union|Emirates|States|Kingdom|Antilles|Nations)$"
    r"|(Netherlands|Philippines|Bahamas|Gambia|Maldives|Comoros|Seychelles|Holy See)$"
)


def in_words(name: str) -> str:
    """“the United States”; in other languages the name as it is."""
    english = (get_language() or "en").startswith("en")
    return f"the {name}" if english and _WITH_ARTICLE.match(name) else name


def words_of(filters: ListFilter, noun: str) -> str:
    """What the list holds, for its number to stand before it: who, to whom, when, then every other filter by name."""
    chosen: dict[str, list[str]] = defaultdict(list)
    labels, of_visits = {}, isinstance(filters, VisitFilter)
    for chip in filters.chips():
        chosen[chip.name].append(in_words(chip.text) if chip.name in _PLACES else chip.text)
        labels[chip.name] = chip.label
    text = noun
    guest, host = ("guest", _("by %(names)s")), ("host", _("to %(names)s"))
    country, pair = ("country", _("by or to %(names)s")), ("pair", _("between %(names)s"))
    region, comes_from = ("region", _region(filters)), ("region", _("from %(names)s"))
    order = (guest, region, host, country, pair) if region == comes_from else (guest, host, country, pair, region)
    for name, phrase in order:
        if name in chosen and (of_visits or name == "pair"):
            text += " " + phrase % {"names": any_of(chosen[name])}
    text += _when(filters, chosen)
    for name, values in chosen.items():
        if name not in _SAID or (name in {"guest", "host", "country", "region", "year"} and not of_visits):
            text += f"; {labels[name].lower()}: {any_of(values)}"
    return text


def any_of(values: list[str]) -> str:
    if len(values) < 2:
        return "".join(values)
    return _("%(first)s or %(last)s") % {"first": ", ".join(values[:-1]), "last": values[-1]}


def _region(filters: ListFilter) -> str:
    """A region of either side is the other side's where one side is given and lies elsewhere."""
    inside = {code for region in filters.chosen("region") for code in filters.known.countries_of(region)} if (
        "region" in filters.filters
    ) else set()  # fmt: skip
    sides = {
        name: {party.country for party in filters.chosen(name)} for name in ("guest", "host") if name in filters.filters
    }
    if sides.get("guest") and not sides.get("host") and not sides["guest"] & inside:
        return _("to %(names)s")
    if sides.get("host") and not sides.get("guest") and not sides["host"] & inside:
        return _("from %(names)s")
    return _("by or to countries of %(names)s")


def _when(filters: ListFilter, chosen: dict[str, list[str]]) -> str:
    text = ""
    if "year" in chosen:
        years = [value if value.isdecimal() else _("a year that is not known") for value in chosen["year"]]
        text += ", " + _("begun in %(years)s") % {"years": any_of(years)}
    first, last = ("".join(chosen.get(name, ())) for name in ("from", "to"))
    if first and last:
        text += ", " + dates.display_range(*(filters.one(name) for name in ("from", "to")))
    elif first:
        text += ", " + _("from %(date)s on") % {"date": first}
    elif last:
        text += ", " + _("until %(date)s") % {"date": last}
    if "undated" in chosen and (first or last):
        text += " " + _("or without a year")
    return text

"""The controls of a list's filter form: which filters have one, what can be chosen, what is chosen."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from visits import catalogue, native
from visits.filters import ListFilter

Option = tuple[str, str]

# Filters with a control, those behind “More filters” after the bar. The others work by address: they stay as chips.
SHOWN: dict[str, str] = {
    "visits": "q guest host topic from to"
    " | country region kind status post_rank multilateral modality dialogue corroboration undated ordering",
    "meetings": "q country topic from to | venue format status modality dialogue undated ordering",
    "officials": "q country rank valid_on",
    "posts": "q country rank valid_on",
    "organizations": "q country kind",
    "countries": "q region kind",
    "topics": "q parent",
    "outcomes": "q country life overdue topic | dialogue kind modality ordering",
    "dialogues": "q country",
}
_DATES = ("from", "to", "valid_on")
_ORDERS = {
    "-start": gettext_lazy("newest first"),
    "start": gettext_lazy("oldest first"),
    "-id": gettext_lazy("latest entered first"),
    "id": gettext_lazy("first entered first"),
    "due": gettext_lazy("soonest due first"),
}


class Options(tuple[Option, ...]):
    """What can be chosen. Those of reference data are hundreds, three times in a form: their HTML is kept."""

    @cached_property
    def html(self) -> SafeString:
        return format_html_join("", '<option value="{}">{}</option>', self)

    def with_chosen(self, value: str) -> SafeString:
        mark = format_html('<option value="{}"', value)
        return SafeString(self.html.replace(f"{mark}>", f"{mark} selected>", 1))


@dataclass
class Control:
    """One control: `kind` is search, date, select or tick; what cannot be shown in it goes along hidden."""

    name: str
    label: str
    kind: str
    value: str = ""
    options: Options = field(default_factory=Options)
    hidden: list[str] = field(default_factory=list)
    hint: str = ""

    @property
    def choices(self) -> SafeString:
        return self.options.with_chosen(self.value)


@dataclass
class Form:
    bar: list[Control]
    more: list[Control]
    hidden: list[Option]

    @property
    def more_is_open(self) -> bool:
        return any(control.value for control in self.more)


def form_of(name: str, filters: ListFilter, also: Iterable[str] = ()) -> Form:
    """The form of a list with what its address says filled in; `also` goes along as it is."""
    bar, _bar, more = SHOWN[name].partition("|")
    shown = {key: _control(key, filters) for key in (*bar.split(), *more.split())}
    kept = [
        (key, value)
        for key in (*filters.filters, *also)
        if key not in shown
        for value in filters.data.getlist(key)
        if value.strip()
    ]
    return Form([shown[key] for key in bar.split()], [shown[key] for key in more.split()], kept)


def _control(name: str, filters: ListFilter) -> Control:
    one = filters.filters[name]
    given = [value for value in filters.data.getlist(name) if value.strip()]
    control = Control(name, str(one.label), "select", hidden=given[1:])
    if name == "q":
        control.kind = "search"
    elif name in _DATES:
        control.kind, control.hint = "date", one.example
    elif name == "undated":
        control.kind = "tick"
    elif name == "ordering":
        (usual, _usual), *others = one.choices
        control.options = Options((("", str(_ORDERS[usual])), *((key, str(_ORDERS[key])) for key, _label in others)))
    elif one.choices:
        control.options = Options((("", _("any")), *one.choices))
    else:
        control.options = _known(name, filters.known, get_language())
    control.value = _canonical(given[0], filters.known, control.options) if given else ""
    return control


def _canonical(value: str, known: catalogue.Catalogue, options: Iterable[Option]) -> str:
    """The option that a value means: `jpn` is `JP`, `central-asia` is `143`."""
    values, folded = {option.lower(): option for option, _label in options if option}, value.lower()
    meant = (folded, known.country_codes.get(folded, "").lower(), known.region_slugs.get(folded, ""))
    return next((values[one] for one in meant if one in values), value)


@lru_cache(maxsize=50)
def _known(name: str, known: catalogue.Catalogue, language: str | None) -> Options:
    """The options of reference data."""
    return Options((("", _("any")), *_of_reference(name, known)))


def _of_reference(name: str, known: catalogue.Catalogue) -> list[Option]:
    match name:
        case "guest" | "host" | "country":
            return _countries(known) + _sorted((entry.slug, entry.name) for entry in known.organizations.values())
        case "venue":
            return _countries(known)
        case "region":
            return _sorted((code, known.region_name(code)) for code in known.regions)
        case "topic" | "parent":
            return _tree(known)
        case "dialogue":
            return _sorted((entry.slug, entry.name) for entry in known.dialogues.values())
    raise KeyError(name)


def _sorted(options: Iterable[Any]) -> list[Option]:
    return sorted(options, key=lambda option: native.in_order(option[1]))


def _countries(known: catalogue.Catalogue) -> list[Option]:
    return _sorted((code, entry.name) for code, entry in known.countries.items())


def _tree(known: catalogue.Catalogue) -> list[Option]:
    """Topics below their broader ones, indented."""
    below: dict[int | None, list[catalogue.TopicEntry]] = {}
    for entry in known.topics.values():
        below.setdefault(entry.parent, []).append(entry)

    def walk(parent: int | None, depth: int) -> list[Option]:
        found: list[Option] = []
        for entry in sorted(below.get(parent, ()), key=lambda one: native.in_order(one.name)):
            found += [(entry.slug, "\u2003" * depth + entry.name), *walk(entry.id, depth + 1)]
        return found

    return walk(None, 0)

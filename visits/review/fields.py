"""What an editor can change in a proposed record: the fields of each part, how a form shows them and writes them back.

A field is one entry here. What is not named here stays as it was proposed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from visits import dates, enums, names
from visits.matching import Matcher
from visits.models import Country, Dialogue, DialogueName, Topic, TopicName
from visits.record import OrganizationRef


class Wrong(Exception):
    """What was typed cannot be that; the message is for a person."""


@dataclass(frozen=True)
class Field:
    """`kind` says how it is typed; `cited` whether words of the text may be its evidence."""

    name: str
    kind: str
    label: Any
    choices: Any = None
    cited: bool = False
    needed: bool = False

    @property
    def prints(self) -> bool:
        """Whether it says what the source prints, word for word."""
        return self.name.endswith("as_printed") or self.name == "title"


def _choice(name: str, label: Any, choices: Any, *, cited: bool = False) -> Field:
    return Field(name, "choice", label, choices, cited)


_ABOUT = ("topics", "dialogues", "outcomes")
_MODALITY = _choice("modality", gettext_lazy("Modality"), enums.Modality, cited=True)
_PERSON = (
    Field("name_as_printed", "text", gettext_lazy("Name as printed"), cited=True),
    Field("post_as_printed", "text", gettext_lazy("Post as printed"), cited=True),
    Field("official", "official", gettext_lazy("Name of the official")),
    Field("post", "post", gettext_lazy("Post")),
    Field("rank", "rank", gettext_lazy("Rank"), enums.Rank),
)
_MEETING = (
    Field("title", "text", gettext_lazy("Title")),
    Field("date", "date", gettext_lazy("Day"), cited=True),
    _choice("format", gettext_lazy("Format"), enums.MeetingFormat, cited=True),
    _choice("status", gettext_lazy("Status"), enums.Status),
    Field("venue_country", "country", gettext_lazy("Country")),
    Field("place", "place", gettext_lazy("Place"), cited=True),
    Field("summary", "prose", gettext_lazy("Summary")),
)
FIELDS: dict[str, tuple[Field, ...]] = {
    "visit": (
        Field("guest", "side", gettext_lazy("Guest"), cited=True, needed=True),
        Field("host", "side", gettext_lazy("Host"), cited=True, needed=True),
        Field("start", "date", gettext_lazy("First day"), cited=True),
        Field("end", "date", gettext_lazy("Last day"), cited=True),
        _choice("kind", gettext_lazy("Kind"), enums.VisitKind, cited=True),
        _choice("status", gettext_lazy("Status"), enums.Status, cited=True),
        Field("title", "text", gettext_lazy("Title")),
        Field("summary", "prose", gettext_lazy("Summary")),
    ),
    "meeting": _MEETING,
    "official": (
        Field("name", "text", gettext_lazy("Name"), needed=True),
        Field("country", "country", gettext_lazy("Country")),
        Field("wikidata", "text", gettext_lazy("Wikidata")),
    ),
    "tenure": (
        Field("official", "official", gettext_lazy("Official"), needed=True),
        Field("post", "post", gettext_lazy("Post"), needed=True),
        Field("start", "date", gettext_lazy("From")),
        Field("end", "date", gettext_lazy("To")),
    ),
    "places": (
        Field("city", "text", gettext_lazy("City"), cited=True),
        Field("as_printed", "text", gettext_lazy("As printed")),
        Field("country", "country", gettext_lazy("Country")),
    ),
    "delegations": (Field("sender", "side", gettext_lazy("Sender"), needed=True),),
    "members": (*_PERSON, Field("head", "bool", gettext_lazy("Head of the delegation"), cited=True)),
    "participants": (*_PERSON, Field("side", "side", gettext_lazy("Side"), cited=True, needed=True)),
    "topics": (
        Field("topic", "topic", gettext_lazy("Topic"), cited=True),
        Field("as_printed", "text", gettext_lazy("As printed")),
        _MODALITY,
    ),
    "dialogues": (
        Field("dialogue", "dialogue", gettext_lazy("Dialogue"), cited=True),
        Field("as_printed", "text", gettext_lazy("As printed")),
        _choice("role", gettext_lazy("Role"), enums.DialogueRole),
    ),
    "outcomes": (
        Field("title", "text", gettext_lazy("Title"), cited=True, needed=True),
        _choice("kind", gettext_lazy("Kind"), enums.OutcomeKind),
        _MODALITY,
        Field("due", "date", gettext_lazy("Due")),
    ),
    "meetings": _MEETING,
}
# The lists of parts in a record or part, and by which citation a part is as sure as it is.
LISTS: dict[str, tuple[str, ...]] = {
    "visit": ("delegations", "meetings", "places", *_ABOUT),
    "meeting": ("participants", "delegations", *_ABOUT),
    "meetings": ("participants", "delegations", *_ABOUT),
    "delegations": ("members",),
}
KEYS: dict[str, tuple[str, ...]] = {
    "members": ("name_as_printed", "post_as_printed", ""),
    "participants": ("name_as_printed", "post_as_printed", ""),
    "places": ("city", "as_printed", ""),
    "topics": ("topic", "as_printed", ""),
    "dialogues": ("dialogue", ""),
    "outcomes": ("title", ""),
    "meetings": ("", "date"),
}
# What is the default of a choice, and so is not written in a record.
DEFAULTS = {
    ("visit", "kind"): "unknown",
    ("visit", "status"): "unknown",
    ("meetings", "format"): "unknown",
    ("meetings", "status"): "unknown",
    ("meeting", "format"): "unknown",
    ("meeting", "status"): "unknown",
    ("topics", "modality"): "discussed",
    ("outcomes", "modality"): "discussed",
    ("outcomes", "kind"): "other",
    ("dialogues", "role"): "about",
}


class Words:
    """The names behind codes and slugs, and back."""

    def __init__(self) -> None:
        self.matcher = Matcher()

    @cached_property
    def countries(self) -> dict[str, str]:
        return dict(Country.objects.values_list("code", "name"))

    @cached_property
    def topics(self) -> dict[str, str]:
        return dict(Topic.objects.values_list("slug", "name"))

    @cached_property
    def dialogues(self) -> dict[str, str]:
        return dict(Dialogue.objects.values_list("slug", "name"))

    def country(self, text: str) -> str:
        """The code of a country by its name, another name or its code."""
        code = next((code for code, name in self.countries.items() if name == text), "")
        found = {code} if code else self.matcher.country(text)
        if len(found) != 1:
            raise Wrong(_("No country is called “%(text)s”.") % {"text": text})
        return next(iter(found))

    def topic(self, text: str) -> str:
        return _slug(text, self.topics, TopicName, "topic__slug", _("No topic is called “%(text)s”."))

    def dialogue(self, text: str) -> str:
        return _slug(text, self.dialogues, DialogueName, "dialogue__slug", _("No dialogue is called “%(text)s”."))


def _slug(text: str, known: dict[str, str], other_names: Any, owner: str, refusal: str) -> str:
    key = names.search_key(text)
    for slug, name in known.items():
        if text == slug or names.search_key(name) == key:
            return slug
    found = set(other_names.objects.filter(key=key).values_list(owner, flat=True)[:2])
    if len(found) != 1:
        raise Wrong(refusal % {"text": text})
    return str(found.pop())


# reading


def text_of(part: dict[str, Any], field: Field, kind: str, words: Words) -> str:
    """What a form shows of a field of a part of this kind."""
    value = part.get(field.name)
    match field.kind:
        case "bool":
            return "on" if value else ""
        case "choice":
            return str(value or DEFAULTS.get((kind, field.name), ""))
        case "rank":
            return str(part["post"].get("rank") or enums.Rank.OTHER.value) if part.get("post") else ""
        case "country":
            return words.countries.get(value or "", value or "")
        case "side":
            return side_of(value or {}, words)
        case "official":
            return str((value or {}).get("name", ""))
        case "post":
            return str((value or {}).get("title", ""))
        case "place":
            return str((value or {}).get("city") or (value or {}).get("as_printed") or "")
        case "topic":
            return words.topics.get(value or "", value or "")
        case "dialogue":
            return words.dialogues.get(value or "", value or "")
    return str(value or "")


def side_of(side: dict[str, Any], words: Words) -> str:
    """A country or an organization as guest, host, sender or side."""
    body = side.get("organization") or {}
    code = side.get("country") or ""
    return str(body.get("name") or body.get("slug") or words.countries.get(code, code))


# writing


def write(part: dict[str, Any], field: Field, text: str, words: Words) -> None:
    """Set a field as typed; nothing typed takes it away. Wrong says why it cannot be."""
    if not text and field.needed:
        raise Wrong(_("This is needed."))
    if not text and field.kind != "rank":
        part.pop(field.name, None)
        return
    _WRITERS[field.kind](part, field, text, words)


def _text(part: dict[str, Any], field: Field, text: str, words: Words) -> None:
    part[field.name] = text


def _date(part: dict[str, Any], field: Field, text: str, words: Words) -> None:
    try:
        part[field.name] = str(dates.parse(text))
    except dates.DateError as error:
        raise Wrong(str(error)) from error


def _choose(part: dict[str, Any], field: Field, text: str, words: Words) -> None:
    if text not in field.choices.values:
        raise Wrong(_("Choose one of the list."))
    part[field.name] = text


def _rank(part: dict[str, Any], field: Field, text: str, words: Words) -> None:
    if text and text not in field.choices.values:
        raise Wrong(_("Choose one of the list."))
    if part.get("post"):
        part["post"] = {**part["post"], "rank": text or enums.Rank.OTHER.value}


def _bool(part: dict[str, Any], field: Field, text: str, words: Words) -> None:
    part[field.name] = True


def _country(part: dict[str, Any], field: Field, text: str, words: Words) -> None:
    part[field.name] = words.country(text)


def _side(part: dict[str, Any], field: Field, text: str, words: Words) -> None:
    printed = (part.get(field.name) or {}).get("as_printed")
    kept = {"as_printed": printed} if printed else {}
    try:
        part[field.name] = {"country": words.country(text), **kept}
    except Wrong:
        if words.matcher.known_organization(OrganizationRef(name=text[: names.MAX_NAME])) is None:
            raise Wrong(_("No country and no organization is called “%(text)s”.") % {"text": text}) from None
        part[field.name] = {"organization": {"name": text}, **kept}


def _official(part: dict[str, Any], field: Field, text: str, words: Words) -> None:
    """Another name is somebody else's: who was meant by a number is not meant any more."""
    before = part.get(field.name) or {}
    part[field.name] = {"name": text} | {name: before[name] for name in ("country",) if before.get(name)}


def _post(part: dict[str, Any], field: Field, text: str, words: Words) -> None:
    before = part.get(field.name)
    if before is None:  # of the country of the person
        country = (part.get("official") or part.get("side") or {}).get("country")
        before = {"country": country} if country else {}
    part[field.name] = {name: value for name, value in before.items() if name != "uid"} | {"title": text}


def _place(part: dict[str, Any], field: Field, text: str, words: Words) -> None:
    before = part.get(field.name) or {}
    part[field.name] = {"as_printed": before.get("as_printed") or text, "city": text}
    if before.get("country"):
        part[field.name]["country"] = before["country"]


def _topic(part: dict[str, Any], field: Field, text: str, words: Words) -> None:
    part[field.name] = words.topic(text)


def _dialogue(part: dict[str, Any], field: Field, text: str, words: Words) -> None:
    part[field.name] = words.dialogue(text)


_WRITERS: dict[str, Callable[[dict[str, Any], Field, str, Words], None]] = {
    "text": _text,
    "prose": _text,
    "date": _date,
    "choice": _choose,
    "rank": _rank,
    "bool": _bool,
    "country": _country,
    "side": _side,
    "official": _official,
    "post": _post,
    "place": _place,
    "topic": _topic,
    "dialogue": _dialogue,
}

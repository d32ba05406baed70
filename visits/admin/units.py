"""A proposed record as a form: its units with what can be typed, their words in the text, and what they matched."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from visits import lookup
from visits.mapping import Proposal
from visits.matches import Match, Planned
from visits.models import Official, Post
from visits.retold import retold
from visits.review import drafts, fields
from visits.review.drafts import AS_MATCHED, NEW, PRINTED, Draft, Unit
from visits.review.fields import FIELDS, LISTS, Words, text_of

from .proposal_view import HEADINGS, Mark, words_of

_FOUND = 6  # officials that a search shows


@dataclass
class Input:
    """One field of a part: what is typed, and the words that are its evidence."""

    address: str
    field: fields.Field
    value: str
    marks: list[Mark] = dataclasses.field(default_factory=list)
    quote: str = ""
    near: int = 0
    fault: str = ""
    before: str = ""

    @property
    def id(self) -> str:
        return "value" + self.address.replace("/", "-").replace(":", "--")

    @property
    def choices(self) -> list[tuple[str, str]]:
        blank = [] if self.field.kind == "choice" else [("", "–")]
        return [*blank, *((str(value), str(label)) for value, label in self.field.choices.choices)]


@dataclass
class Who:
    """One who may be meant by a name."""

    value: str
    words: str
    reason: str = ""
    chosen: bool = False


@dataclass
class Shown:
    """A unit as the page shows it."""

    unit: Unit
    heading: str
    words: str
    depth: int
    taken: bool
    has_tick: bool
    is_added: bool
    sure: float | None
    inputs: list[Input]
    marks: list[Mark] = dataclasses.field(default_factory=list)  # of the part as a whole
    people: list[Who] = dataclasses.field(default_factory=list)
    asked: str = ""  # what was searched for
    is_open_question: bool = False
    same_as: str = ""  # the unit where it is said who this is
    notes: list[str] = dataclasses.field(default_factory=list)
    doubts: list[str] = dataclasses.field(default_factory=list)
    adds: list[tuple[str, str]] = dataclasses.field(default_factory=list)  # (path of the list, words)

    @property
    def id(self) -> str:
        return "unit" + self.unit.id.replace("/", "-").replace(":", "--")

    @property
    def percent(self) -> int | None:
        return None if self.sure is None else round(100 * self.sure)

    @property
    def has_fault(self) -> bool:
        return any(one.fault for one in self.inputs)

    @property
    def numbers(self) -> str:
        numbers = {mark.number for mark in [*self.marks, *(mark for one in self.inputs for mark in one.marks)]}
        return " ".join(map(str, sorted(numbers)))


def form_of(
    item: dict[str, Any],
    draft: Draft,
    proposed: dict[str, Any],
    proposal: Proposal | None,
    marks: list[Mark],
    words: Words,
    asked: Mapping[str, str],
    faults: Mapping[str, str],
) -> list[Shown]:
    """`item` is the record as it is typed by now, with its marks; `asked` the names that are searched for, by path."""
    by_place: dict[tuple[str, str], list[Mark]] = defaultdict(list)
    for mark in marks:
        by_place[mark.target, mark.field].append(mark)
    units = list(drafts.units(item))
    known = {unit.path for unit in units}
    shown = [_shown(item, unit, draft, proposed, by_place, words, faults) for unit in units]
    for (path, _name), rest in by_place.items():  # of fields that no form has, and of parts that are not there
        owner = next((one for one in shown if one.unit.path == (path if path in known else "")), None)
        if owner:
            owner.marks += rest
    if proposal:
        _match(shown, proposal, draft, item, asked)
        _change(shown, proposal)
    return shown


def _shown(
    item: dict[str, Any],
    unit: Unit,
    draft: Draft,
    proposed: dict[str, Any],
    by_place: dict[tuple[str, str], list[Mark]],
    words: Words,
    faults: Mapping[str, str],
) -> Shown:
    part = drafts.part_at(item, unit.path) or {}
    inputs = []
    for one in (unit.field,) if unit.field else FIELDS[unit.kind]:
        address = f"{unit.path}:{one.name}"
        quote, near = draft.quotes.get(address, ("", 0))
        typed = draft.texts.get(address, "") if address in faults else text_of(part, one, unit.kind, words)
        place = by_place.pop((unit.path, one.name), [])
        inputs.append(Input(address, one, typed, place, quote, near, faults.get(address, "")))
    has_tick = not unit.needed and (unit.field is None or bool(proposed.get(unit.field.name)))
    return Shown(
        unit,
        str(unit.field.label) if unit.field else _heading(unit),
        _in_words(inputs, unit),
        unit.path.count("/") // 2,
        draft.taken is None or unit.id in draft.taken or not has_tick,
        has_tick,
        unit.path in draft.added,
        drafts.sure_of(item, unit),
        inputs,
        by_place.pop((unit.path, ""), []) if not unit.field else [],
        adds=[(f"{unit.path}/{name}", _adding(name)) for name in LISTS.get(unit.kind, ()) if not unit.field],
    )


def _heading(unit: Unit) -> str:
    name, number = unit.path.rsplit("/", 2)[1:]
    return _("%(part)s %(number)s") % {"part": capfirst(HEADINGS[name]), "number": int(number) + 1}


def _adding(name: str) -> str:
    return _("Add a %(part)s") % {"part": HEADINGS[name]}


def adds_of(item: dict[str, Any]) -> list[tuple[str, str]]:
    """The lists of the record itself that can get one more part."""
    names = [name for name in LISTS.get(item.get("type", ""), ()) if name != "delegations"]
    adds = [(f"/{name}", _adding(name)) for name in names]
    return [*adds, ("/delegations/0/members", _adding("members"))] if item.get("type") == "visit" else adds


def _in_words(inputs: list[Input], unit: Unit) -> str:
    """What a unit says, in one line."""
    said = {one.field.name: one for one in inputs if one.value}
    hidden = {"official", "rank", "post", "summary"} if unit.kind in {"members", "participants"} else {"summary"}
    if "topic" in said or "city" in said or "dialogue" in said:
        hidden |= {"as_printed"}
    if unit.kind == "participants" or unit.kind == "places":
        hidden |= {"country"}
    parts = []
    for name, one in said.items():
        if name in hidden and not unit.field:
            continue
        if one.field.choices:
            label = dict(one.choices).get(one.value, one.value)
            parts += [label] if one.value != "unknown" else []
        elif one.field.kind == "bool":
            parts.append(_("head"))
        else:
            parts.append(one.value)
    return " · ".join(parts)


# matches


def _match(
    shown: list[Shown], proposal: Proposal, draft: Draft, item: dict[str, Any], asked: Mapping[str, str]
) -> None:
    nodes = {node.path: node for node in proposal.plan.wanted.walk()}
    matches = {match.path: match for match in proposal.matches}
    ids = {one for match in matches.values() for one in (match.reference, *match.likely) if isinstance(one, int)}
    ids |= {int(choice) for choice in draft.people.values() if choice.isdecimal() and len(choice) < 18}
    found = {path: _search(text) for path, text in asked.items() if text}
    officials = Official.objects.select_related("country").in_bulk(ids)
    officials |= {one.pk: one for people in found.values() for one in people}
    posts = {node.values.get("post_id") for node in nodes.values()}
    titles = Post.objects.select_related("country").in_bulk([pk for pk in posts if isinstance(pk, int)])
    said: dict[tuple[str, str], str] = {}
    for one in shown:
        if one.unit.field is not None:
            continue
        part = drafts.part_at(item, one.unit.path) or {}
        if match := matches.get(one.unit.path):
            official = part.get("official") or {}
            same = (official.get("name", ""), official.get("country") or "")
            if same in said:
                one.same_as = said[same]
            else:
                said[same] = one.id
                one.asked = asked.get(one.unit.path, "")
                one.people = list(_people(match, draft, one.unit.path, officials, found.get(one.unit.path, ())))
                one.is_open_question = (
                    match.reference is None and draft.people.get(match.path, AS_MATCHED) == AS_MATCHED
                )
                if match.reference is None:
                    one.doubts.append(
                        f"{match.printed}: {'; '.join(map(retold, match.reasons)) or _('nobody is known')}"
                    )
        if node := nodes.get(one.unit.path):
            one.notes += _notes(node.values, titles, part)


def _people(
    match: Match, draft: Draft, path: str, officials: Mapping[int, Official], found: Iterable[Official]
) -> Iterator[Who]:
    chosen = draft.people.get(path, AS_MATCHED)
    if isinstance(match.reference, int) and match.reference in officials:
        words = str(officials[match.reference])
    elif isinstance(match.reference, Planned):
        words = _("somebody new: %(name)s") % {"name": match.reference.values.get("name", match.printed)}
    else:
        words = _("decide later: it stays as printed, with a doubt")
    reason = "; ".join(map(retold, match.reasons)) if match.reference is not None else ""
    yield Who(AS_MATCHED, words, reason, chosen == AS_MATCHED)
    given = {match.reference}
    for one, line in zip(match.likely, match.reasons, strict=False):
        if isinstance(one, int) and one in officials and one not in given:
            given.add(one)
            yield Who(str(one), _who(officials[one]), line, chosen == str(one))
    if chosen.isdecimal() and int(chosen) in officials and int(chosen) not in given:
        given.add(int(chosen))
        yield Who(chosen, _who(officials[int(chosen)]), _("your choice"), chosen=True)
    for official in found:
        if official.pk not in given:
            yield Who(str(official.pk), _who(official), _("found by name"), chosen == str(official.pk))
    if not isinstance(match.reference, Planned):
        yield Who(NEW, _("somebody new"), "", chosen == NEW)
    yield Who(PRINTED, _("leave as printed"), "", chosen == PRINTED)


def _who(official: Official) -> str:
    return f"{official.name}, {official.country}" if official.country else official.name


def _search(text: str) -> list[Official]:
    rows = Official.objects.select_related("country")
    return list(lookup.found(rows, text[:200], "name")[:_FOUND])


def _notes(values: Mapping[str, Any], posts: Mapping[int, Post], part: Mapping[str, Any]) -> Iterator[str]:
    """What else of a part is known already, and what would be new."""
    if "post_id" in values and values["post_id"] is not None:
        post = values["post_id"]
        if isinstance(post, Planned):
            yield _("a new post: %(title)s") % {"title": post.values.get("title", "")}
        elif post in posts:
            yield _("known post: %(title)s") % {"title": posts[post]}
    for column, known, new in (
        ("topic_id", _("a topic of the tree"), _("no topic of the tree: kept in its words")),
        ("dialogue_id", _("a known dialogue"), _("no known dialogue: kept in its words")),
        ("city_id", _("a known city"), _("no known city: kept in its words")),
    ):
        if column in values and "kind" not in values and "date" not in values:
            city = values[column]
            new = _("a new city") if isinstance(city, Planned) else new
            yield new if city is None or isinstance(city, Planned) else known


def _change(shown: list[Shown], proposal: Proposal) -> None:
    """What a field is in the record that is there, where this would change it."""
    inputs = {one.address: one for unit in shown for one in unit.inputs}
    for change in proposal.difference():
        address = f"{change['path']}:{change.get('field', '')}"
        if "added" not in change and address in inputs:
            inputs[address].before = words_of(change["before"])

"""What an editor made of a proposed record, as a form says it, and the record that comes of it. Nothing is written.

A value is known by its address: the path of its part and its field, `/topics/0:modality`; `:start` is of the record. A
unit is what is taken or dropped as one: a part (`/topics/0`), or a field of the record itself (`:start`).
"""

import copy
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from visits import record
from visits.models import Official

from .fields import FIELDS, KEYS, LISTS, Field, Words, Wrong, text_of, write
from .quotes import AROUND, find_quote

LEAST = 0.5  # of values said with less than that, fewer than half were right (docs/measurements.md)
MOST_FIELDS = 900  # of one form: Django takes a thousand
_ADDRESS = re.compile(r"((?:/[a-z_]+/\d{1,3})*):([a-z_]*)")
_MOST_OF_A_LIST = 200
AS_MATCHED, NEW, PRINTED = "match", "new", "printed"  # who somebody is; else the number of an official


@dataclass(frozen=True)
class Unit:
    """`path` and `kind` of its part; `field` where it is a field of the record itself."""

    path: str
    kind: str
    field: Field | None = None
    needed: bool = False

    @property
    def id(self) -> str:
        return f"{self.path}:{self.field.name}" if self.field else self.path


@dataclass
class Draft:
    """`taken` is None where nothing was said: then everything is."""

    texts: dict[str, str] = field(default_factory=dict)  # by address
    taken: set[str] | None = None  # ids of units
    added: list[str] = field(default_factory=list)  # paths of parts that the record did not have
    quotes: dict[str, tuple[str, int]] = field(
        default_factory=dict
    )  # by address: the words, and where about they stand
    people: dict[str, str] = field(default_factory=dict)  # by path


@dataclass
class Finished:
    """`item` is the record, None where `faults` (by address, "" is the whole) say why there is none.

    `open` is the record with all that was typed and cited, nothing dropped and nobody chosen: its paths are those of
    the form, and it can be matched again.
    """

    open: dict[str, Any]
    item: dict[str, Any] | None = None
    faults: dict[str, str] = field(default_factory=dict)


# from a form


def from_form(data: Mapping[str, str], taken: Iterable[str], added: Iterable[str]) -> Draft:
    """The draft that a posted form says; what is no address in it is left alone."""
    draft = Draft(taken=set(taken), added=[path for path in added if _ADDRESS.fullmatch(f"{path}:")])
    for name, value in data.items():
        what, _colon, address = name.partition(":")
        if what == "f" and _ADDRESS.fullmatch(address):
            draft.texts[address] = value.strip()
        elif what == "quote" and value.strip() and _ADDRESS.fullmatch(address):
            near = data.get(f"at:{address}", "")
            draft.quotes[address] = (value.strip(), int(near) if near.isdecimal() and len(near) < 9 else 0)
        elif what == "who" and _ADDRESS.fullmatch(f"{address}:"):
            draft.people[address] = value
    return draft


def next_path(item: dict[str, Any], parent: str, name: str, added: Iterable[str]) -> str | None:
    """The path of one more part of a list; None where it has no such list, or enough of them."""
    part = part_at(item, parent) if parent else item
    kind = _kind(parent) if parent else item.get("type", "")
    if part is None or name not in LISTS.get(kind, ()):
        return None
    mine = re.compile(rf"{re.escape(parent)}/{name}/\d+")
    number = len(part.get(name, ())) + sum(1 for path in added if mine.fullmatch(path))
    return f"{parent}/{name}/{number}" if number < _MOST_OF_A_LIST else None


# what a record is made of


def units(item: dict[str, Any]) -> Iterator[Unit]:
    """What is taken or dropped as one, in the order of reading."""
    kind = item.get("type", "")
    for one in FIELDS.get(kind, ()):
        yield Unit("", kind, one, one.needed)
    yield from _units_below(item, "", kind)


def _units_below(part: dict[str, Any], path: str, kind: str) -> Iterator[Unit]:
    for name in LISTS.get(kind, ()):
        for index, child in enumerate(part.get(name, ())):
            own = f"{path}/{name}/{index}"
            yield Unit(own, name, needed=name == "delegations")
            yield from _units_below(child, own, name)


def form_size(item: dict[str, Any]) -> int:
    """How many fields a form of the record has."""
    size = 0
    for unit in units(item):
        own = (unit.field,) if unit.field else FIELDS[unit.kind]
        size += 1 + sum(3 if one.cited else 1 for one in own) + (3 if unit.kind in {"members", "participants"} else 0)
    return size


def sure_of(item: dict[str, Any], unit: Unit) -> float | None:
    """How sure its reader was of a unit; None where it did not say."""
    keys = (unit.field.name,) if unit.field else KEYS.get(unit.kind, ("",))
    said: dict[str, float] = {}
    for citation in item.get("citations", ()):
        if citation.get("target", "") == unit.path and citation.get("confidence") is not None:
            name = citation.get("field", "")
            said[name] = max(said.get(name, 0.0), citation["confidence"])
    return next((said[key] for key in keys if key in said), None)


def sure_enough(item: dict[str, Any], least: float = LEAST) -> set[str]:
    """The units that are taken: what is needed, and what its reader said with `least` or more, or without a number."""
    sure = {unit.id: sure_of(item, unit) for unit in units(item)}
    return {unit.id for unit in units(item) if unit.needed or (sure[unit.id] is None or sure[unit.id] >= least)}  # type: ignore[operator]


def without_blanks(item: dict[str, Any], draft: Draft) -> dict[str, Any]:
    """The record without the parts that were added and are still empty; they are the last of their lists."""
    left = copy.deepcopy(item)
    _close_lists(left, left.get("type", ""), "", "", {path for path in draft.added if not part_at(item, path)}, {})
    return left


def part_at(item: dict[str, Any], path: str) -> dict[str, Any] | None:
    found: Any = item
    steps = path.strip("/").split("/") if path else []
    for name, index in zip(steps[::2], steps[1::2], strict=False):
        rows = found.get(name) or []
        if int(index) >= len(rows):
            return None
        found = rows[int(index)]
    return found if isinstance(found, dict) else None


def _kind(path: str) -> str:
    return path.rsplit("/", 2)[-2]


# the record that comes of it


def finish(proposed: dict[str, Any], draft: Draft, text: str, words: Words) -> Finished:
    """The record with what was typed, chosen and cited, without what was dropped."""
    opened = copy.deepcopy(proposed)
    found = Finished(opened)
    for path in draft.added:
        _open_part(opened, path)
    edited = _type(opened, draft, words, found.faults)
    _follow(opened, proposed)
    _complete(opened, draft)
    _cite(opened, draft, text, edited, found.faults)
    meant = copy.deepcopy(opened)
    _mean(meant, draft, found.faults)
    if not found.faults:
        found.item = _closed(meant, _dropped(opened, draft, proposed), found.faults)
    return found


def _open_part(item: dict[str, Any], path: str) -> None:
    """An empty part at the end of its list; members of a record without a delegation get one of its guest."""
    parent, name, index = path.rsplit("/", 2)
    if name == "members" and parent == "/delegations/0" and item.get("type") == "visit":
        item.setdefault("delegations", []) or item["delegations"].append({"sender": copy.deepcopy(item["guest"])})
    owner = part_at(item, parent) if parent else item
    kind = _kind(parent) if parent else item.get("type", "")
    if owner is not None and name in LISTS.get(kind, ()) and len(owner.setdefault(name, [])) == int(index):
        owner[name].append({})


def _type(item: dict[str, Any], draft: Draft, words: Words, faults: dict[str, str]) -> set[str]:
    """Write the fields that were typed anew; their addresses."""
    edited = set()
    for unit in list(units(item)):
        part = part_at(item, unit.path)
        if part is None:
            continue
        for one in (unit.field,) if unit.field else FIELDS[unit.kind]:
            address = f"{unit.path}:{one.name}"
            if address not in draft.texts or draft.texts[address] == _plain(text_of(part, one, unit.kind, words)):
                continue
            if not part and not draft.texts[address]:
                continue  # a part that was added and left empty
            edited.add(address)
            before = part.get(one.name)
            try:
                write(part, one, draft.texts[address], words)
            except Wrong as wrong:
                faults[address] = str(wrong)
            if one.name == "head" and part.get("head"):
                _only_head(item, unit.path)
            official = part.get("official")
            if one.name == "name_as_printed" and official and official.get("name") == before and part.get(one.name):
                part["official"] = {**official, "name": part[one.name]}  # the reader's copy of the same words
    return edited


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _only_head(item: dict[str, Any], path: str) -> None:
    """A delegation has one: who was it before is it no longer."""
    delegation = part_at(item, path.rsplit("/", 2)[0]) or {}
    for number, member in enumerate(delegation.get("members", ())):
        if not path.endswith(f"/{number}"):
            member.pop("head", None)


def _follow(item: dict[str, Any], proposed: dict[str, Any]) -> None:
    """A delegation that the guest sent is sent by the guest, whoever that is now."""
    before, now = proposed.get("guest"), item.get("guest")
    if before != now:
        for delegation in item.get("delegations", ()):
            if delegation.get("sender") == before:
                delegation["sender"] = copy.deepcopy(now)


def _complete(item: dict[str, Any], draft: Draft) -> None:
    """What an added person is beside the name: an official of the sender's country, a participant for the host."""
    for path in draft.added:
        person = part_at(item, path)
        if not person or _kind(path) not in {"members", "participants"}:
            continue
        if _kind(path) == "participants":
            person.setdefault("side", copy.deepcopy(item.get("host") or {}))
        side = person.get("side") or (part_at(item, path.rsplit("/", 2)[0]) or {}).get("sender") or {}
        if person.get("name_as_printed") and not person.get("official"):
            country = {"country": side["country"]} if side.get("country") else {}
            person["official"] = {"name": person["name_as_printed"], **country}


def _mean(item: dict[str, Any], draft: Draft, faults: dict[str, str]) -> None:
    """Who somebody is: the choice for one holds for all of the same name and country."""
    chosen = {}
    for path, choice in draft.people.items():
        person = part_at(item, path)
        if choice != AS_MATCHED and person and person.get("official"):
            chosen[_namesake(person["official"])] = (path, choice)
    known = Official.objects.in_bulk([int(one) for _p, one in chosen.values() if one.isdecimal() and len(one) < 18])
    fresh = {key: str(uuid.uuid4()) for key in chosen}
    for person in _people(item):
        if not person.get("official") or (key := _namesake(person["official"])) not in chosen:
            continue
        path, choice = chosen[key]
        if choice == PRINTED:
            del person["official"]
        elif choice == NEW:
            person["official"] = {**person["official"], "uid": fresh[key]}
        elif choice.isdecimal() and int(choice) in known:
            person["official"] = {**person["official"], "uid": str(known[int(choice)].uid)}
        else:
            faults[f"{path}:official"] = _("This official is not there any more: choose again.")


def _namesake(official: dict[str, Any]) -> tuple[str, str]:
    return official.get("name", ""), official.get("country") or ""


def _people(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for unit in units(item):
        if unit.kind in {"members", "participants"} and (part := part_at(item, unit.path)) is not None:
            yield part


def _cite(item: dict[str, Any], draft: Draft, text: str, edited: set[str], faults: dict[str, str]) -> None:
    """Words that the editor chose take the place of the reader's; what was typed anew is the reader's no longer."""
    kept, quoted = [], set()
    fresh = []
    for address, (words, near) in draft.quotes.items():
        path, name = address.split(":")
        place = find_quote(text, words, near)
        if part_at(item, path) is None:
            continue
        if place is None:
            faults[address] = _("These words are not in the text. Copy them from it, letter by letter.")
            continue
        quoted.add(address)
        fresh.append(
            {
                "target": path,
                "field": name,
                "exact": text[place.start : place.end],
                "start": place.start,
                "end": place.end,
                "prefix": text[max(0, place.start - AROUND) : place.start],
                "suffix": text[place.end : place.end + AROUND],
            }
        )
    for citation in item.get("citations", ()):
        address = f"{citation.get('target', '')}:{citation.get('field', '')}"
        if address in quoted and citation.get("start") is not None:
            continue
        if address in edited:
            path, name = address.split(":")
            if name not in (part_at(item, path) or {}):
                continue
            citation = {key: value for key, value in citation.items() if key not in {"rule", "confidence"}}
        kept.append(citation)
    if fresh or edited:
        item["citations"] = kept + fresh
    if fresh and not item.get("sources"):
        faults[""] = _("This record has no source whose words could be its evidence.")


def _dropped(item: dict[str, Any], draft: Draft, proposed: dict[str, Any]) -> set[str]:
    """Ids of the units that are not taken, and of the parts that were added and left empty.

    A field that was proposed empty has no tick: it is taken when something was typed.
    """
    blank = {path for path in draft.added if not part_at(item, path)}
    if draft.taken is None:
        return blank
    ticked = [one for one in units(item) if not one.needed and (one.field is None or one.field.name in proposed)]
    return blank | {unit.id for unit in ticked if unit.id not in draft.taken}


def _closed(opened: dict[str, Any], dropped: set[str], faults: dict[str, str]) -> dict[str, Any] | None:
    """The record without what was dropped; what its citations point at stays what it was."""
    item = copy.deepcopy(opened)
    for name in [one[1:] for one in dropped if one.startswith(":")]:
        item.pop(name, None)
        if name == "kind":
            item.pop("kind_as_printed", None)
    moved: dict[str, str] = {}
    _close_lists(item, item.get("type", ""), "", "", dropped, moved)
    citations = []
    for citation in item.get("citations", ()):
        target = _moved(citation.get("target", ""), moved)
        if target is not None and f"{citation.get('target', '')}:{citation.get('field', '')}" not in dropped:
            citations.append({**citation, "target": target})
    if "citations" in item:
        item["citations"] = citations
    try:
        return record.dump(record.parse(item))
    except ValidationError as error:
        back = {new: old for old, new in moved.items()}
        for one in error.errors():
            address = _address_of(one["loc"], back)
            faults.setdefault(address, str(one["msg"]).removeprefix("Value error, "))
        return None


def _close_lists(part: dict[str, Any], kind: str, old: str, new: str, dropped: set[str], moved: dict[str, str]) -> None:
    for name in LISTS.get(kind, ()):
        kept: list[Any] = []
        for index, child in enumerate(part.get(name, ())):
            before, after = f"{old}/{name}/{index}", f"{new}/{name}/{len(kept)}"
            if before not in dropped:
                moved[before] = after
                _close_lists(child, name, before, after, dropped, moved)
                kept.append(child)
        if name in part:
            part[name] = kept


def _moved(target: str, moved: dict[str, str]) -> str | None:
    """Where what a citation points at is now; None where it, or what it is part of, was dropped."""
    parts = re.findall(r"(?:/[a-z_]+/\d+)+", target)
    if not parts:
        return target
    head = parts[0]
    return moved[head] + target[len(head) :] if head in moved else None


def _address_of(loc: Iterable[Any], back: dict[str, str]) -> str:
    """The address in the form of what the shape of a record refuses."""
    steps = [str(step) for step in loc][1:]
    path, name = "", ""
    while steps:
        if len(steps) > 1 and steps[1].isdecimal():
            path += f"/{steps[0]}/{steps[1]}"
            steps = steps[2:]
        else:
            name = steps[0]
            break
    return f"{back.get(path, path)}:{name}" if path or name else ""

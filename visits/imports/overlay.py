"""Edited cells laid over the record that is there: a record that names what was edited and nothing else.

Entries of a cell are added and changed, never removed; a blank cell erases nothing. What an edit asks for and does
not get is noted.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.utils.translation import gettext_noop as _

from visits import names, record

from .reading import AnyRecord
from .tables import entries
from .tables.written import HEAD_COLUMNS, head_of, main_delegation

Item = TypeVar("Item")
Note = tuple[str, str, str, str]  # column, value, code, detail
_SENDER = ("sender", "sender_organization", "sender_as_printed")
# Fields of one value: column -> field of the record.
_PLAIN = {
    "visit": ("title", "kind", "kind_as_printed", "status", "summary", "accompanies"),
    "meeting": ("title", "date", "format", "status", "summary"),
    "official": ("name", "country", "wikidata"),
    "tenure": ("start", "end"),
}


@dataclass
class Entries:
    """One column of several entries: the parts of the present record, which of them the file does not show any more."""

    parts: list[Any]
    missing: dict[int, str] = field(default_factory=dict)


_NOT_TAKEN = {
    "official": _("A load takes no official away: the link stays. Remove it in the admin."),
    "post": _("A load takes no post away: the link stays. Remove it in the admin."),
}


@dataclass
class Overlay:
    """`edited` cells of a row, whose new values are in `read`; `lists` are the edited columns of several entries."""

    present: AnyRecord
    read: AnyRecord
    edited: set[str]
    lists: Mapping[str, Entries]
    notes: list[Note] = field(default_factory=list)

    def laid(self) -> AnyRecord:
        """The edit, as a record with the uid of the present one; pydantic's ValidationError where it contradicts it."""
        kind = self.present.type
        values: dict[str, Any] = {"type": kind, "uid": self.present.uid, "edit": True}
        values |= {name: getattr(self.read, name) for name in _PLAIN[kind] if name in self.edited}
        values |= _LAID[kind](self)
        if "external_id" in self.lists:
            values["external_ids"] = self._merged("external_id", self.read.external_ids, _equal, _newer)
        return type(self.present).model_validate(values)

    def has(self, *columns: str) -> bool:
        return any(column in self.edited for column in columns)

    def side(self, name: str) -> record.Side:
        present: record.Side = getattr(self.present, name)
        if not self.has(name, f"{name}_organization", f"{name}_as_printed"):
            return present
        return _side(present, getattr(self.read, name))

    def about(self) -> dict[str, Any]:
        rules: dict[str, tuple[Callable[[Any, Any], bool], Callable[[Any, Any], Any]]] = {
            "topics": (_same_topic, _model),
            "dialogues": (_same_dialogue, _model),
            "outcomes": (_same_outcome, _model),
        }
        return {
            column: self._merged(column, getattr(self.read, column), *rule)
            for column, rule in rules.items()
            if column in self.lists
        }

    def _merged(
        self, column: str, new: list[Item], same: Callable[[Item, Item], bool], merge: Callable[[Item, Item], Item]
    ) -> list[Item]:
        """The present items with the new ones: each changes a missing one that it is, or is added."""
        present = self.lists[column]
        items, missing = list(present.parts), dict(present.missing)
        for one in new:
            place = next((place for place in missing if same(items[place], one)), None)
            if place is None:
                items.append(one)
            else:
                items[place] = merge(items[place], one)
                del missing[place]
        self._not_removed(column, missing.values())
        return items

    def _not_removed(self, column: str, texts: Collection[str]) -> None:
        detail = _("A load removes no entry: it stays. Remove it in the admin.")
        self.notes += [(column, text, "not-removed", detail) for text in texts]

    # Delegations

    def delegations(self) -> list[record.Delegation]:
        """Head, sender and members in the delegations of the present record."""
        found = [one.model_copy(update={"members": list(one.members)}) for one in self.present.delegations]  # type: ignore[union-attr]
        read: list[record.Delegation] = list(self.read.delegations)  # type: ignore[union-attr]
        if self.has(*_SENDER) and read:
            sender = read[0].sender
            if found:
                found[0].sender = _side(found[0].sender, sender)
            else:
                found.append(record.Delegation(sender=sender))
        new = [(one, member) for one in read for member in one.members]
        if self.has(*HEAD_COLUMNS) and new:
            delegation, head = new.pop(0)
            self._lay_head(found, delegation.sender, head)
        present = self.lists.get("members", Entries([]))
        missing = dict(present.missing)
        for delegation, member in new:
            place = next((place for place in missing if _same_person(present.parts[place][1], member)), None)
            if place is None:
                self._home(found, delegation.sender).members.append(member)
                continue
            number, old = present.parts[place]
            members = found[number].members
            members[_place_of(members, old)] = self._person("members", old, member)
            del missing[place]
        self._not_removed("members", missing.values())
        return found

    def _lay_head(self, found: list[record.Delegation], sender: record.Side, head: record.Member) -> None:
        main = main_delegation(found) or self._home(found, sender)
        old = head_of(main)
        if old is None:
            old = next((one for one in main.members if _same_person(one, head)), None)
        if old is None:
            main.members.insert(0, head)
        else:
            main.members[_place_of(main.members, old)] = self._person("head", old, head)

    @staticmethod
    def _home(found: list[record.Delegation], sender: record.Side) -> record.Delegation:
        """The delegation of this sender, made if there is none."""
        labels = entries.side_labels(sender)
        for one in found:
            if entries.side_labels(one.sender) == labels:
                return one
        found.append(record.Delegation(sender=sender))
        return found[-1]

    def _person(self, column: str, old: Any, new: Any) -> Any:
        """A person with what an edited entry says of them."""
        changed = _said(new, ("as_printed", "name_as_printed", "post_as_printed"))
        for name, printed, text in (("official", "name_as_printed", "name"), ("post", "post_as_printed", "title")):
            before, after = getattr(old, name), getattr(new, name)
            if after is None:
                if before is not None and getattr(new, printed):
                    detail = _NOT_TAKEN[name]
                    self.notes.append((column, getattr(new, printed), "not-removed", detail))
                continue
            known = {_key(getattr(before, text)), _key(getattr(old, printed))} if before else set()
            if not (before and (after.uid == before.uid if after.uid else _key(getattr(after, text)) in known)):
                changed[name] = after
        if isinstance(new, record.Member) and new.head:
            changed["head"] = True
        if isinstance(new, record.Participant):
            changed["side"] = _side(old.side, new.side)
        return old.model_copy(update=changed)


def _visit(overlay: Overlay) -> dict[str, Any]:
    present, read = overlay.present, overlay.read
    values = {"guest": overlay.side("guest"), "host": overlay.side("host"), **overlay.about()}
    if overlay.has("start", "end"):
        values |= {"start": read.start or present.start, "end": read.end or present.end}  # type: ignore[union-attr]
    if "cities" in overlay.lists:
        values["places"] = overlay._merged("cities", read.places, _same_place, _model)  # type: ignore[union-attr]
    if overlay.has(*HEAD_COLUMNS, *_SENDER) or "members" in overlay.lists:
        values["delegations"] = overlay.delegations()
    if overlay.has("trip", "trip_position"):
        values["trip"] = _trip(overlay, present.trip, read.trip)  # type: ignore[union-attr]
    return values


def _trip(overlay: Overlay, old: record.TripRef | None, new: record.TripRef | None) -> record.TripRef | None:
    if old is None or new is None:
        return new
    same = new.uid == old.uid if new.uid else _key(new.title) == _key(old.title)
    if same and new.title and new.title != old.title:
        detail = _("A tour has one title in all its visits: change it there.")
        overlay.notes.append(("trip", new.title, "not-changed", detail))
    position = new.position or old.position
    return (old if same else new).model_copy(update={"position": position})


def _meeting(overlay: Overlay) -> dict[str, Any]:
    present, read = overlay.present, overlay.read
    values = overlay.about()
    if overlay.has("country"):
        values["venue_country"] = read.venue_country  # type: ignore[union-attr]
    if overlay.has("city", "place_as_printed"):
        place: record.Place | None = read.place  # type: ignore[union-attr]
        values["place"] = _model(present.place, place) if present.place and place else place  # type: ignore[union-attr]
    if "visits" in overlay.lists:
        values["visits"] = overlay._merged("visits", read.visits, _equal, _newer)  # type: ignore[union-attr]
    if "participants" in overlay.lists:
        values["participants"] = overlay._merged(
            "participants",
            read.participants,  # type: ignore[union-attr]
            _same_person,
            lambda old, new: overlay._person("participants", old, new),
        )
    if "members" in overlay.lists:
        values["delegations"] = overlay.delegations()
    return values


def _official(overlay: Overlay) -> dict[str, Any]:
    values: dict[str, Any] = {} if "name" in overlay.edited else {"name": overlay.present.name}  # type: ignore[union-attr]
    if "other_names" in overlay.lists:
        new = overlay.read.other_names  # type: ignore[union-attr]
        values["other_names"] = overlay._merged("other_names", new, _same_name, _model)
    return values


def _tenure(overlay: Overlay) -> dict[str, Any]:
    present: Any = overlay.present
    read: Any = overlay.read
    official, post = present.official, present.post
    if overlay.has("official", "official_country"):
        official = read.official
    if overlay.has("post", "organization", "country"):
        post = read.post
    elif overlay.has("rank") and read.post.rank != post.rank:
        detail = _("A post has its rank in all its tenures: change it at the post.")
        overlay.notes.append(("rank", read.post.rank.value, "not-changed", detail))
    return {"official": official, "post": post}


_LAID: dict[str, Callable[[Overlay], dict[str, Any]]] = {
    "visit": _visit,
    "meeting": _meeting,
    "official": _official,
    "tenure": _tenure,
}


# What is the same, and what of it is newer


def _key(text: str) -> str:
    return names.search_key(text)


def _said(new: Any, fields: Collection[str]) -> dict[str, Any]:
    return {name: value for name in fields if (value := getattr(new, name)) not in (None, "", [])}


def _model(old: Any, new: Any) -> Any:
    """The old one with all that the new one says."""
    return old.model_copy(update=_said(new, type(new).model_fields))


def _newer(old: Item, new: Item) -> Item:
    return new


def _equal(old: Any, new: Any) -> bool:
    return bool(old == new)


def _side(old: record.Side, new: record.Side) -> record.Side:
    """The new side; the old one where it is the same, with the newer print."""
    same = entries.side_labels(old) == entries.side_labels(new)
    side = old if same else new
    return side.model_copy(update={"as_printed": new.as_printed or old.as_printed})


def _place_of(items: list[Any], item: Any) -> int:
    return next(place for place, one in enumerate(items) if one is item)


def _same_person(old: record.Person, new: record.Person) -> bool:
    """By the printed name, else by the official that is named."""
    printed = {_key(old.name_as_printed), _key(old.as_printed)} - {""}
    if printed & ({_key(new.name_as_printed), _key(new.as_printed)} - {""}):
        return True
    before, after = old.official, new.official
    return bool(before and after and ((after.uid and after.uid == before.uid) or _key(after.name) == _key(before.name)))


def _same_topic(old: record.TopicLink, new: record.TopicLink) -> bool:
    same = old.topic and old.topic == new.topic
    return bool(same or (new.as_printed and _key(old.as_printed) == _key(new.as_printed)))


def _same_dialogue(old: record.DialogueLink, new: record.DialogueLink) -> bool:
    same = old.dialogue and old.dialogue == new.dialogue
    return bool(same or (new.as_printed and _key(old.as_printed) == _key(new.as_printed)))


def _same_outcome(old: record.Outcome, new: record.Outcome) -> bool:
    return old.uid == new.uid if new.uid else _key(old.title) == _key(new.title)


def _same_place(old: record.Place, new: record.Place) -> bool:
    return bool({_key(old.city), _key(old.as_printed)} & {_key(new.city), _key(new.as_printed)} - {""})


def _same_name(old: record.OtherName, new: record.OtherName) -> bool:
    return (old.text, old.language) == (new.text, new.language)

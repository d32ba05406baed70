"""Entries of cells as parts of records: persons, topics, dialogues, outcomes, places, other names.

Each entry is read by one function and written by another; both have the record's own shape on their other side.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_noop as _

from visits import record
from visits.enums import DialogueRole, Modality, NameKind, OutcomeKind, OutcomeLife
from visits.imports.titles import rank_of

from .cells import NO_ONE, SLUG, Cells, reference, uid_of
from .grammar import Entry, read_entry, write_entry

# `values` of an enum is computed anew each time.
MODALITIES, KINDS, LIVES = (tuple(one.values) for one in (Modality, OutcomeKind, OutcomeLife))
ROLES, NAME_KINDS = tuple(DialogueRole.values), tuple(NameKind.values)
_FIRM = (*KINDS, *MODALITIES)
_MEANT = ("as", "is", "office")
_SIDE = ("from", "body", "label")


def _noted(cells: Cells, column: str, entry: Entry, code: str, words: Sequence[str]) -> None:
    if entry.strange:
        detail = _("“%(word)s” before the colon is none of %(known)s; if it is text, write \\: for it.") % {
            "word": entry.strange,
            "known": ", ".join(words),
        }
        cells.wrong(column, code, detail, entry.text)


# Persons


def person(name: str, post: str, country: str | None, named: dict[str, str]) -> dict[str, Any]:
    printed = named.get("as") or ", ".join(part for part in (name, post) if part)
    return {
        "as_printed": printed,
        "name_as_printed": name,
        "post_as_printed": post,
        "official": official(named.get("is", ""), name, country),
        "post": office(named.get("office", ""), post, country),
    }


def official(meant: str, name: str, country: str | None) -> dict[str, Any] | None:
    """Whom a printed name means: the name itself, another one, a uid or an id in a list, or nobody (`none`)."""
    if meant == NO_ONE or not (meant or name):
        return None
    uid = reference("official", meant) if meant else None
    return {"uid": uid, "name": name if uid or not meant else meant, "country": country}


def office(meant: str, post: str, country: str | None) -> dict[str, Any] | None:
    if meant == NO_ONE or not (meant or post):
        return None
    uid = uid_of(meant)
    title = post if uid or not meant else meant
    return {"uid": uid, "title": title, "rank": rank_of(title, country), "country": country}


def participant(cells: Cells, column: str, text: str, start: str) -> dict[str, Any]:
    """name | post | side; body=, label= say more of the side."""
    entry = read_entry(text, (*_MEANT, "body", "label"))
    label, body = entry.part(2), entry.named.get("body", "")
    if not label and not body:
        detail = _("Write name | post | side: the side is the country that the person acts for.")
        cells.wrong(column, "needs-side", detail, text)
    side = cells.side_of(column, label, body, entry.named.get("label", ""), start)
    return person(entry.part(0), entry.part(1), side.get("country"), entry.named) | {"side": side}


def write_person(person: record.Person, *, side: record.Side | None = None, extra: dict[str, str] | None = None) -> str:
    """A member or a participant (with its side) as an entry."""
    named = dict(extra or {}) | dict(zip(_MEANT, meant(person), strict=True))
    places = [person.name_as_printed, person.post_as_printed]
    if side:
        label, named["body"] = side_labels(side)
        places.append(label)
        named["label"] = side.as_printed
    return write_entry(places, named)


def meant(person: record.Person) -> tuple[str, str, str]:
    """What a printed person means, where it is more than name and post say: the whole print, official, post."""
    name, post = person.name_as_printed, person.post_as_printed
    composed = ", ".join(part for part in (name, post) if part)
    return (
        "" if person.as_printed == composed else person.as_printed,
        _meant((person.official.uid, person.official.name) if person.official else None, name),
        _meant((person.post.uid, person.post.title) if person.post else None, post),
    )


def _meant(ref: tuple[Any, str] | None, printed: str) -> str:
    if ref is None:
        return NO_ONE if printed else ""
    uid, text = ref
    return str(uid) if uid else "" if text == printed else text


def side_labels(side: record.Side) -> tuple[str, str]:
    """The label of a side's country or international body, and its own organization's name (its uid if it has none)."""
    body = side.organization
    if body is None:
        return side.country or "", ""
    if body.slug and not (side.country or body.country):
        return body.slug, ""
    return side.country or body.country or "", body.name or str(body.uid)


def write_member(member: record.Member, sender: record.Side, guest: record.Side) -> str:
    """A member as an entry; whose delegation it is, where that is not the guest's."""
    extra = {"head": "yes" if member.head else ""}
    if sender != guest:
        label, body = side_labels(sender)
        extra |= {"from": label, "body": body, "label": sender.as_printed}
    return write_person(member, extra=extra)


def delegations(
    cells: Cells, sender: dict[str, Any], first: list[dict[str, Any]], column: str, start: str
) -> list[dict[str, Any]]:
    """The delegation of the sender, which begins with these members, and those of other senders (`from=`)."""
    found: list[dict[str, Any]] = [{"sender": sender, "members": list(first)}]
    by_label: dict[tuple[str, str], dict[str, Any]] = {}
    for text in cells.many(column):
        entry = read_entry(text, (*_MEANT, *_SIDE, "head"))
        labels = (entry.named.get("from", ""), entry.named.get("body", ""))
        if any(labels) and labels not in by_label:
            side = cells.side_of(column, *labels, entry.named.get("label", ""), start)
            by_label[labels] = {"sender": side, "members": []}
            found.append(by_label[labels])
        delegation = by_label[labels] if any(labels) else found[0]
        one = person(entry.part(0), entry.part(1), delegation["sender"].get("country"), entry.named)
        one["head"] = bool(entry.named.get("head")) and not any(item.get("head") for item in delegation["members"])
        delegation["members"].append(one)
    return [one for one in found if one["members"]]


# What it was about, and what came of it


def topic(cells: Cells, column: str, text: str) -> dict[str, Any]:
    """modality: topic | as printed."""
    entry = read_entry(text, (), [MODALITIES])
    _noted(cells, column, entry, "unknown-modality", MODALITIES)
    slug = _slug(entry.part(0))
    return {
        "topic": slug,
        "as_printed": entry.part(1) or ("" if slug else entry.part(0)),
        "modality": entry.prefixes[0] if entry.prefixes else Modality.DISCUSSED,
    }


def write_topic(link: record.TopicLink) -> str:
    prefixes = [link.modality.value] if link.modality != Modality.DISCUSSED else []
    return write_entry(_printed(link.topic, link.as_printed), prefixes=prefixes)


def dialogue(cells: Cells, column: str, text: str) -> dict[str, Any]:
    """session: dialogue | as printed."""
    entry = read_entry(text, (), [ROLES])
    slug = _slug(entry.part(0))
    return {
        "dialogue": slug,
        "as_printed": entry.part(1) or ("" if slug else entry.part(0)),
        "role": entry.prefixes[0] if entry.prefixes else DialogueRole.ABOUT,
    }


def write_dialogue(link: record.DialogueLink) -> str:
    prefixes = [link.role.value] if link.role != DialogueRole.ABOUT else []
    return write_entry(_printed(link.dialogue, link.as_printed), prefixes=prefixes)


def _slug(text: str) -> str | None:
    return text if SLUG.fullmatch(text) and len(text) <= 80 else None


def _printed(slug: str | None, printed: str) -> list[str]:
    """Slug and print; words that look like a slug but are none stand in the second place."""
    return [slug or "", printed] if slug or _slug(printed) else [printed]


def outcome(cells: Cells, column: str, text: str) -> dict[str, Any]:
    """kind: modality: title [due date] | life= | by= | dialogue= | uid=."""
    entry = read_entry(text, ("life", "by", "dialogue", "uid"), [KINDS, MODALITIES], bracket=True)
    _noted(cells, column, entry, "unknown-kind", _FIRM)
    words = dict.fromkeys(("kind", "modality"), "")
    for word in entry.prefixes:
        words["kind" if word in KINDS else "modality"] = word
    life = entry.named.get("life", "") or OutcomeLife.OPEN.value
    if life not in LIVES:
        cells.wrong(
            column, "unknown-value", _("After life= write one of %(known)s.") % {"known": ", ".join(LIVES)}, text
        )
    if not entry.part(0):
        cells.wrong(column, "missing", _("The outcome has no title."), text)
    by, uid = entry.named.get("by", ""), entry.named.get("uid", "")
    return {
        "uid": uid or None,
        "kind": words["kind"] or OutcomeKind.OTHER,
        "modality": words["modality"] or Modality.DISCUSSED,
        "title": entry.part(0),
        "due": cells.date(column, entry.bracket) if entry.bracket else "",
        "life": life,
        "fulfilled_by": cells.reference(column, "visit", by) if by else None,
        "dialogue": entry.named.get("dialogue") or None,
    }


def write_outcome(one: record.Outcome) -> str:
    named = {
        "life": one.life.value if one.life != OutcomeLife.OPEN else "",
        "by": str(one.fulfilled_by or ""),
        "dialogue": one.dialogue or "",
        "uid": str(one.uid or ""),
    }
    return write_entry([one.title], named, [one.kind.value, one.modality.value], one.due)


def about(cells: Cells) -> dict[str, Any]:
    """Topics, dialogues and outcomes, which visits and meetings share."""
    return {
        "topics": [topic(cells, "topics", text) for text in cells.many("topics")],
        "dialogues": [dialogue(cells, "dialogues", text) for text in cells.many("dialogues")],
        "outcomes": [outcome(cells, "outcomes", text) for text in cells.many("outcomes")],
    }


# Places and names


def place(cells: Cells, column: str, text: str, country: str | None) -> dict[str, Any]:
    """city, by name the print (as) and another country than the host (in)."""
    entry = read_entry(text, ("as", "in"))
    land = entry.named.get("in", "")
    return {
        "as_printed": entry.named.get("as") or entry.part(0),
        "city": entry.part(0),
        "country": cells.country(column, land) if land else country,
    }


def write_place(one: record.Place, country: str | None) -> str:
    printed = one.as_printed if one.as_printed != one.city else ""
    return write_entry([one.city], {"as": printed, "in": (one.country or "") if one.country != country else ""})


def other_name(cells: Cells, column: str, text: str) -> dict[str, Any]:
    """text | kind | language, by name its script and from when until when it was used."""
    entry = read_entry(text, ("script", "since", "until"))
    kind = entry.part(1).casefold() or NameKind.SPELLING.value
    if kind not in NAME_KINDS:
        cells.wrong(
            column,
            "unknown-value",
            _("After the name write one of %(known)s.") % {"known": ", ".join(NAME_KINDS)},
            text,
        )
        kind = NameKind.SPELLING.value
    return {
        "text": entry.part(0),
        "kind": kind,
        "language": entry.part(2),
        "script": entry.named.get("script", ""),
        "start": cells.date(column, entry.named.get("since", "")),
        "end": cells.date(column, entry.named.get("until", "")),
    }


def write_other_name(name: record.OtherName) -> str:
    kind = name.kind.value if name.kind != NameKind.SPELLING or name.language else ""
    return write_entry(
        [name.text, kind, name.language], {"script": name.script, "since": name.start, "until": name.end}
    )

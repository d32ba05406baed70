"""How far the officials that a load found agree with labels made by hand: pairs of mentions, as in record linkage.

A mention is a place in a record: external id and position among its people, from 1: the members of a visit's
delegations, then the participants of its meetings. Two mentions are a pair when
they name one person. Precision: of the pairs found, how many are labelled. Recall: of those labelled, how many are
found (Christen, Data Matching, 2012, ch. 7). A mention that stays as printed is a person of its own.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .models import ExternalId, Member, Participant

Mention = tuple[str, int]
COLUMNS = ("external_id", "position", "person_id")
# The people of a visit: its path, and their order.
_PLACES: tuple[tuple[type[Member] | type[Participant], str, *tuple[str, ...]], ...] = (
    (Member, "delegation__visit", "delegation__position"),
    (Participant, "meeting__in_visits__visit", "meeting__in_visits__position", "meeting"),
)


class UnreadableLabels(ValueError):
    """The file of labels is wrong; the message names file, row, column and value."""


@dataclass
class Agreement:
    """Counts are pairs. `merges` and `splits` are in words: a person, then those who were taken for them."""

    mentions: int = 0
    missing: list[Mention] = field(default_factory=list)
    unresolved: int = 0
    found: int = 0
    labelled: int = 0
    both: int = 0
    merges: list[tuple[str, list[str]]] = field(default_factory=list)
    splits: list[tuple[str, list[str]]] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.both / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.both / self.labelled if self.labelled else 1.0

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def as_dict(self) -> dict[str, Any]:
        return {
            "mentions": self.mentions,
            "missing": [{"external_id": one, "position": position} for one, position in self.missing],
            "unresolved": self.unresolved,
            "pairs": {"labelled": self.labelled, "found": self.found, "both": self.both},
            "precision": round(self.precision, 4),
            "recall": round(self.recall, 4),
            "f1": round(self.f1, 4),
            "wrong_merges": [{"official": one, "people": people} for one, people in self.merges],
            "wrong_splits": [{"person": one, "officials": officials} for one, officials in self.splits],
        }


def read_labels(*paths: Path) -> dict[Mention, str]:
    """{(external id, position): person}; one id of a person in several files is one person.

    UnreadableLabels names what is wrong.
    """
    labels: dict[Mention, str] = {}
    for path in paths:
        _read_into(labels, path)
    return labels


def _read_into(labels: dict[Mention, str], path: Path) -> None:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            missing = {"external_id", "person_id"} - set(rows.fieldnames or ())
            if missing:
                raise UnreadableLabels(f"{path.name}, row 1: the column {', '.join(sorted(missing))} is missing.")
            for row in rows:
                where = f"{path.name}, row {rows.line_num}"
                position = (row.get("position") or "1").strip()
                if not position.isdecimal() or int(position) < 1:
                    raise UnreadableLabels(f"{where}, position: “{position[:80]}” is no number from 1.")
                mention = ((row["external_id"] or "").strip(), int(position))
                if not mention[0] or not (row["person_id"] or "").strip():
                    raise UnreadableLabels(f"{where}: external_id and person_id must be given.")
                if mention in labels:
                    raise UnreadableLabels(f"{where}, external_id: “{mention[0][:80]}” is labelled twice.")
                labels[mention] = row["person_id"].strip()
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableLabels(f"{path.name}: it cannot be read as CSV in UTF-8 ({error}).") from error


def compare(labels: Mapping[Mention, str]) -> Agreement:
    """What the tracker holds now, against the labels."""
    found = _mentions(labels)
    result = Agreement(mentions=len(labels), missing=sorted(set(labels) - set(found)))
    together: Counter[tuple[str, Any]] = Counter()
    printed: dict[tuple[str, Any], set[str]] = defaultdict(set)
    for mention, (official, text) in found.items():
        result.unresolved += official is None
        pair = (labels[mention], official if official is not None else mention)
        together[pair] += 1
        printed[pair].add(text)
    by_person, by_official = Counter[str](), Counter[Any]()
    for (person, official), count in together.items():
        by_person[person] += count
        by_official[official] += count
    result.both, result.labelled, result.found = (
        sum(count * (count - 1) // 2 for count in counts.values()) for counts in (together, by_person, by_official)
    )
    result.merges = _several(((official, person) for person, official in together), printed, turned=True)
    result.splits = _several(together, printed, turned=False)
    return result


def _several(
    pairs: Iterable[tuple[Any, Any]], printed: Mapping[tuple[str, Any], set[str]], *, turned: bool
) -> list[tuple[str, list[str]]]:
    """Those of the first of each pair that go with several of the second, by what was printed."""
    groups: dict[Any, list[Any]] = defaultdict(list)
    for one, other in pairs:
        groups[one].append(other)
    several = []
    for one, others in groups.items():
        if len(others) > 1:
            texts = [" / ".join(sorted(printed[(other, one) if turned else (one, other)])) for other in others]
            several.append((str(one), sorted(texts)))
    return sorted(several)


def _mentions(labels: Mapping[Mention, str]) -> dict[Mention, tuple[int | None, str]]:
    """Official (None: as printed) and printed text of the labelled mentions that are there."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for external_id, _position in labels:
        slug, _, value = external_id.partition(":")
        wanted[slug].add(value)
    visits: dict[int, str] = {}
    for slug, values in wanted.items():
        known = ExternalId.objects.filter(dataset__slug=slug, value__in=values, visit__isnull=False)
        visits |= {visit: f"{slug}:{value}" for visit, value in known.values_list("visit", "value")}
    people: dict[int, list[tuple[int | None, str]]] = defaultdict(list)
    for model, visit, *order in _PLACES:
        rows = model.objects.filter(**{f"{visit}__in": visits}).order_by(visit, *order, "position", "pk")
        for pk, official, text, name in rows.values_list(visit, "official", "as_printed", "name_as_printed"):
            people[pk].append((official, text or name))
    mentions = {(visits[pk], at): one for pk, found in people.items() for at, one in enumerate(found, start=1)}
    return {mention: mentions[mention] for mention in labels if mention in mentions}

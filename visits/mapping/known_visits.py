"""Which known visit a story tells of: one, several, or none, with reasons that a person can read.

One only by its people: the head or a counterpart in common, beside the same guest and host on days that may be one.
Whatever fits less well is a question to an editor, whose answer is kept and comes before all rules.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from visits import dates, enums, models, record
from visits.matches import Match, Planned

from .accounts import NEAR_DAYS, OTHER_DAYS, SAME_DAYS, Names, days_fit, same_person
from .tree import Node, fetch

QUESTION = "known-visit"  # the doubt that an editor is to settle


@dataclass
class Fit:
    """A known visit that a story may tell of; `certain` when its people say so."""

    id: int
    title: str
    reasons: list[str]
    certain: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {"id": self.id, "title": self.title, "reasons": self.reasons, "certain": self.certain}


@dataclass
class Account(Match):
    """What a story was matched to: its answer is one, ambiguous or none."""

    fits: list[Fit] = field(default_factory=list)
    people: Names = field(default_factory=Names, repr=False)

    @property
    def visit(self) -> int | None:
        return self.reference if isinstance(self.reference, int) else None

    @property
    def asks(self) -> bool:
        return self.answer == "ambiguous"

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "visits": [fit.as_dict() for fit in self.fits]}

    @property
    def question(self) -> str:
        which = "; ".join(f"{fit.title}: {', '.join(fit.reasons)}" for fit in self.fits)
        return _("It may tell of a visit that is known (%(which)s).") % {"which": which}


def is_story(item: record._Record) -> bool:
    """A visit that a text tells of: rows with ids of their own stay records of their own."""
    told = isinstance(item, record.VisitData) and bool(item.sources) and bool(item.sources[0].text)
    return told and not (item.uid or item.external_ids or item.edit)


# what was decided


@dataclass
class Said:
    """What editors said of one story: it is this visit, it is none of those."""

    same: int | None = None
    others: set[int] = field(default_factory=set)


def said_of(keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, Said]:
    """What was decided about these stories, by answers of editors, else by what was accepted."""
    keys = list(keys)
    if not keys:
        return {}
    found: dict[uuid.UUID, Said] = defaultdict(Said)
    accepted = models.Candidate.objects.filter(
        key__in=keys, state=enums.CandidateState.ACCEPTED, type="visit", visit__isnull=False
    ).exclude(visit__uid__in=keys)
    for key, visit in accepted.order_by("pk").values_list("key", "visit"):
        found[key].same = visit
    judged = models.Judgement.objects.filter(
        kind__in=[enums.JudgementKind.MATCH, enums.JudgementKind.DIFFERENT],
        candidate__key__in=keys,
        detail__has_key="account",
    )
    for key, kind, visits in judged.order_by("pk").values_list("candidate__key", "kind", "detail__account"):
        said = found[key]
        if kind == enums.JudgementKind.MATCH:
            said.same = visits[0]
            said.others.discard(visits[0])
        else:
            said.others.update(visits)
            said.same = None if said.same in visits else said.same
    return dict(found)


# what fits


def find(
    stories: Sequence[tuple[record._Record, uuid.UUID, Node]],
) -> tuple[dict[uuid.UUID, Account], dict[int, Node]]:
    """The known visit of each story (its record, its key, its wanted rows), and the visits; nothing where none fits."""
    if not stories:
        return {}, {}
    said = said_of(key for _item, key, _wanted in stories)
    near = _near(stories, said)
    trees = fetch("visit", {row["pk"] for rows in near.values() for row, _days in rows})
    people = names_of([*trees.values(), *(wanted for _item, _key, wanted in stories)]) if trees else Names()
    answers = {}
    for _item, key, wanted in stories:
        chosen = said[key].same if key in said else None
        fits = [_fit(wanted, trees[row["pk"]], row, days, people) for row, days in near[key]]
        if answer := _answer(fits, chosen):
            answer.people = people
            answers[key] = answer
    return answers, trees


def _answer(fits: list[Fit], chosen: int | None) -> Account | None:
    for fit in fits:
        if fit.id == chosen:
            fit.reasons.insert(0, _("an editor said so"))
            return Account("", fit.title, "one", fit.id, fit.reasons, [fit.title], fits=[fit])
    certain = [fit for fit in fits if fit.certain]
    if len(certain) == 1:
        only = certain[0]
        return Account("", only.title, "one", only.id, only.reasons, [fit.title for fit in fits], fits=fits)
    if not fits:
        return None
    fits.sort(key=lambda fit: (not fit.certain, fit.id))
    why = [_("%(number)s known visits fit") % {"number": len(fits)} if len(fits) > 1 else _("it is not certain")]
    return Account("", fits[0].title, "ambiguous", None, why, [fit.title for fit in fits], fits=fits)


Row = dict[str, Any]
_COLUMNS = (
    "pk", "title", "start", "end", "state", "guest_country_id", "guest_organization_id", "host_country_id",
    "guest_country__name", "guest_organization__name", "host_country__name",
)  # fmt: skip


def _near(
    stories: Sequence[tuple[record._Record, uuid.UUID, Node]], said: dict[uuid.UUID, Said]
) -> dict[uuid.UUID, list[tuple[Row, str]]]:
    """Of each story the visits of its guest to its host on days that may be one, and the one that an editor chose."""
    pairs = {_sides(wanted.values) for _item, _key, wanted in stories}
    guests = {pair[0] for pair in pairs if pair[0]}
    bodies = {pair[1] for pair in pairs if isinstance(pair[1], int)}
    which = Q(host_country__in={pair[2] for pair in pairs}) & (
        Q(guest_country__in=guests) | Q(guest_organization__in=bodies)
    )
    which |= Q(pk__in=[one.same for one in said.values() if one.same])
    by_pair: dict[Any, list[Row]] = defaultdict(list)
    by_id: dict[int, Row] = {}
    for row in models.Visit.objects.filter(which).order_by("pk").values(*_COLUMNS):
        by_pair[_sides(row)].append(row)
        by_id[row["pk"]] = row
    found: dict[uuid.UUID, list[tuple[Row, str]]] = {}
    for item, key, wanted in stories:
        answer = said.get(key, Said())
        if answer.same in by_id:
            found[key] = [(by_id[answer.same or 0], SAME_DAYS)]
            continue
        published = item.sources[0].published
        told = wanted.values["start"], wanted.values["end"]
        rows = [(row, days_fit((row["start"], row["end"]), told, published)) for row in by_pair[_sides(wanted.values)]]
        found[key] = [(row, days) for row, days in rows if days != OTHER_DAYS and row["pk"] not in answer.others]
    return found


def _sides(values: dict[str, Any]) -> tuple[Any, Any, Any]:
    body = values["guest_organization_id"]
    return values["guest_country_id"], None if isinstance(body, Planned) else body, values["host_country_id"]


def names_of(trees: Iterable[Node]) -> Names:
    """What the officials in these trees are called: two queries."""
    ids = {
        node.values["official_id"]
        for tree in trees
        for node in tree.walk()
        if isinstance(node.values.get("official_id"), int)
    }
    called = Names()
    for pk, name in models.Official.objects.filter(pk__in=ids).values_list("pk", "name"):
        called.setdefault(pk, []).append(name)
    for pk, text in models.OfficialName.objects.filter(official__in=ids).order_by("pk").values_list("official", "text"):
        called.setdefault(pk, []).append(text)
    return called


def _fit(told: Node, known: Node, row: Row, days: str, people: Names) -> Fit:
    """Why a visit may be the one that is told of. Who is in both makes it certain, another head does not."""
    when = dates.display_range(row["start"], row["end"])
    reasons = [_("the same guest and host")]
    reasons.append(
        _("days that agree (%(days)s)") % {"days": when}
        if days == SAME_DAYS
        else _("days that may be the same (%(days)s)") % {"days": when or _("not stated")}
    )
    heads = _leaders(told), _leaders(known)
    leads = any(same_person(one, other, people) for one in heads[0] for other in _travellers(known)) or any(
        same_person(one, other, people) for one in _travellers(told) for other in heads[1]
    )
    met = [one for one in _met(told) if any(same_person(one, other, people) for other in _met(known))]
    others = not leads and any(people.of(one) for one in heads[0]) and any(people.of(one) for one in heads[1])
    if leads:
        reasons.append(_("the head in common (%(name)s)") % {"name": _called([*heads[0], *heads[1]], people)})
    if met:
        reasons.append(_("a counterpart in common (%(name)s)") % {"name": _called(met, people)})
    if others:
        names_ = {"one": _called(heads[0], people), "other": _called(heads[1], people)}
        reasons.append(_("but another head (%(one)s, there %(other)s)") % names_)
    elif not leads and not met:
        reasons.append(_("but nobody in common"))
    withdrawn = row["state"] == enums.State.WITHDRAWN
    if withdrawn:
        reasons.append(_("but it was withdrawn"))
    certain = bool((leads or met) and not others and days != NEAR_DAYS and not withdrawn)
    guest = row["guest_country__name"] or row["guest_organization__name"]
    title = row["title"] or _("%(guest)s to %(host)s") % {"guest": guest, "host": row["host_country__name"]}
    return Fit(row["pk"], ", ".join(filter(None, (title, when))), reasons, certain)


def _travellers(visit: Node) -> list[Node]:
    return [member for delegation in visit.lists["delegations"] for member in delegation.lists["members"]]


def _leaders(visit: Node) -> list[Node]:
    return [member for member in _travellers(visit) if member.values["head"]]


def _met(visit: Node) -> list[Node]:
    """Those who took part in its meetings for another side than the guest's."""
    guest = visit.values["guest_country_id"], visit.values["guest_organization_id"]
    return [
        one
        for meeting in visit.lists["meetings"]
        for one in meeting.lists["participants"]
        if (one.values["side_country_id"], one.values["side_organization_id"]) != guest
    ]


def _called(people: Iterable[Node], names: Names) -> str:
    return next((name for one in people for name in names.of(one)), "")

"""Several accounts of one visit: an editor says which visit a story tells of, and sees what it says of what is known.

An answer is a judgement of the story: it is kept, and loading the story again does not ask again.
"""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from visits import catalogue, enums, models, speakers
from visits.mapping import Plan, Proposal
from visits.mapping.accounts import ADDS, AGREES, CONTRADICTS
from visits.mapping.words import Wording
from visits.models import Candidate, Judgement

from . import decide
from .decide import DecisionRefused


@transaction.atomic
def say_same(candidate: Candidate, visit: models.Visit, user: Any, reason: str = "") -> Judgement:
    """Yes, that one: the story is another account of this visit. It waits on, with the difference to it."""
    candidate = _story(candidate)
    sides = candidate.record.get("guest", {}).get("country"), candidate.record.get("host", {}).get("country")
    if (visit.guest_country_id, visit.host_country_id) != sides and not visit.guest_organization_id:
        raise DecisionRefused(_("That visit has another guest or host: mend the record first."))
    return _answer(enums.JudgementKind.MATCH, candidate, [visit.pk], user, reason)


@transaction.atomic
def say_other(candidate: Candidate, user: Any, reason: str = "") -> Judgement:
    """No, another visit: none of those that it was matched to. It waits on, as a visit of its own if none is left."""
    candidate = _story(candidate)
    denied = {one["id"] for match in candidate.matches for one in match.get("visits", ())}
    if candidate.visit_id and candidate.visit and candidate.visit.uid != candidate.key:
        denied.add(candidate.visit_id)
    if not denied:
        raise DecisionRefused(_("It was matched to no visit: nothing is to be said."))
    return _answer(enums.JudgementKind.DIFFERENT, candidate, sorted(denied), user, reason)


def _story(candidate: Candidate) -> Candidate:
    candidate = Candidate.objects.select_for_update(of=("self",)).get(pk=candidate.pk)
    if candidate.state != enums.CandidateState.PENDING:
        state = candidate.get_state_display()
        raise DecisionRefused(_("Somebody decided this already: %(state)s.") % {"state": state})
    if candidate.type != enums.RecordType.VISIT or not candidate.record:
        raise DecisionRefused(_("It proposes no visit."))
    return candidate


def _answer(kind: enums.JudgementKind, candidate: Candidate, visits: list[int], user: Any, reason: str) -> Judgement:
    judgement = Judgement.objects.create(
        kind=kind, candidate=candidate, run=candidate.run, user=user, reason=reason, detail={"account": visits}
    )
    decide.refresh([candidate])
    return judgement


# what it says beside what is known


@dataclass
class Line:
    """One fact of a story. `name` is what it is called when an editor takes a value that contradicts."""

    path: str
    field: str
    verdict: str
    known: str
    told: str
    name: str = ""
    locked: bool = False
    quotes: list[str] = dataclasses.field(default_factory=list)
    sides: list[str] = dataclasses.field(default_factory=list)  # who tells of the known value

    @property
    def verdict_label(self) -> str:
        return {AGREES: _("agrees"), ADDS: _("adds"), CONTRADICTS: _("contradicts")}[self.verdict]


@dataclass
class Comparison:
    """A story beside the visit that it tells of, or the visits that it may tell of."""

    fits: list[dict[str, Any]]
    visit: models.Visit | None = None
    lines: list[Line] = dataclasses.field(default_factory=list)
    citations: int = 0  # that would be added
    told_by: str = ""  # for whom the story speaks

    @property
    def counts(self) -> dict[str, int]:
        found: dict[str, int] = defaultdict(int)
        for line in self.lines:
            found[line.verdict] += 1
        return dict(found)


def comparison(candidate: Candidate) -> Comparison | None:
    """What a story that waits says beside what is known; None where it was matched to no visit."""
    fits = [one for match in candidate.matches for one in match.get("visits", ())]
    if candidate.type != enums.RecordType.VISIT or not fits:
        return None
    found = Comparison(fits, candidate.visit)
    proposal = decide.proposal_of(candidate) if candidate.state == enums.CandidateState.PENDING else None
    if proposal and proposal.account and proposal.account.visit:
        names = {code: entry.name for code, entry in catalogue.current().countries.items()}
        found.citations = len(proposal.plan.citations)
        known_by, found.told_by = _sides(proposal)
        lines = _lines(proposal, Wording([proposal], names), known_by)
        found.lines = sorted(lines, key=lambda line: (CONTRADICTS, ADDS, AGREES).index(line.verdict))
    return found


_SIDES = {speakers.GUEST: gettext_lazy("guest"), speakers.HOST: gettext_lazy("host"), "": gettext_lazy("neither side")}


def _sides(proposal: Proposal) -> tuple[dict[int, list[str]], str]:
    """Of each known row who tells of it (the guest, the host, neither), and for whom the story speaks."""
    present = proposal.plan.root
    guest = present.values["guest_country_id"], present.values["guest_organization_id"]
    host = present.values["host_country_id"], None
    asked = speakers.Speakers((guest, host))
    wanted = {cited.source for cited in present.citations}
    rows = models.Source.objects.filter(pk__in=wanted).values_list("pk", "publisher", "kind")
    about = {pk: (publisher, kind == enums.SourceKind.DATASET) for pk, publisher, kind in rows}
    found: dict[int, set[str]] = defaultdict(set)
    for cited in present.citations:
        told = speakers.Told(cited.values["attributed_to"], *about[cited.source])
        found[id(cited.target)].add(asked.side(told, guest, host))
    source = proposal.item.sources[0]
    parties = {cited.attributed_to for cited in proposal.item.citations} or {""}
    mine = {asked.side(speakers.Told(party, source.publisher), guest, host) for party in parties}
    return {key: _in_words(sides) for key, sides in found.items()}, ", ".join(_in_words(mine))


def _in_words(sides: Iterable[str]) -> list[str]:
    return [str(_SIDES[side]) for side in _SIDES if side in set(sides)]


def _lines(proposal: Proposal, words: Wording, sides: dict[int, list[str]]) -> Iterable[Line]:
    plan, quotes = proposal.plan, _quotes(proposal.plan)
    for told, known, column in plan.agreed:
        if column in _SHOWN_WITH_ROW or told.kind.name in _ROWS:
            continue
        said = words.text(known.kind, column, told.values[column])
        name, there = column.removesuffix("_id"), words.text(known.kind, column, known.values[column])
        found = quotes[id(told), name]
        yield Line(known.path, name, AGREES, there, said, quotes=found, sides=sides.get(id(known), []))
    for told in plan.wanted.walk():
        known = plan.standing[id(told)]
        if told.kind.name in _ROWS and known is not told:
            found = quotes[id(told), ""]
            there, said = words.row(known), words.row(told)
            yield Line(known.path, "", AGREES, there, said, quotes=found, sides=sides.get(id(known), []))
    for change in plan.changes:
        told, name = change.told or plan.wanted, change.column.removesuffix("_id")
        if change.column in _SHOWN_WITH_ROW and not change.conflict:
            continue
        before, after = (words.text(change.node.kind, change.column, one) for one in (change.before, change.after))
        if change.column == "head" and change.contradicts:
            before, after = words.row(change.node), words.row(told)
        yield Line(
            change.path,
            name,
            CONTRADICTS if change.contradicts else ADDS,
            before,
            after,
            change.name if change.conflict and change.column != "head" else "",
            change.conflict and not change.contradicts,
            quotes[id(told), name],
            sides.get(id(change.node), []),
        )
    for pairs, locked in ((plan.added, False), (plan.withheld, True)):
        for child, _parent in pairs:
            taken = child.path if locked else ""
            yield Line(child.path, "", ADDS, "", words.row(child), taken, locked, quotes[id(child), ""])


_ROWS = frozenset(("member", "participant", "topic_link", "dialogue_link", "outcome", "place"))
_SHOWN_WITH_ROW = frozenset(
    ("guest_as_printed", "host_as_printed", "kind_as_printed", "sender_country_id", "sender_organization_id",
     "sender_as_printed", "place_as_printed")
)  # fmt: skip


def _quotes(plan: Plan) -> dict[tuple[int, str], list[str]]:
    """The words of the story for each row ("" is any of its fields) and field."""
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    for cited in plan.wanted.citations:
        words = cited.values["exact"]
        name = cited.values["field"]
        for key in {"", name, *_OTHER_NAMES.get(name, ())}:
            if words and words not in found[id(cited.target), key]:
                found[id(cited.target), key].append(words)
    return found


_OTHER_NAMES = {
    "guest": ("guest_country", "guest_organization"),
    "host": ("host_country",),
    "post_as_printed": ("post",),
    "name_as_printed": ("official",),
}

__all__ = ["ADDS", "AGREES", "CONTRADICTS", "Comparison", "Line", "comparison", "say_other", "say_same"]

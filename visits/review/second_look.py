"""The second look of a load, at its end: who stayed as printed is matched anew, now that all of it is known.

A surname is resolved by the full name that came behind it; surnames of the same post in the same years, of which no
full name is known, are an official by that surname. What is printed stays. Each link is a judgement by rule that
settles the doubt about the person, so that an undo of the load finds it and opens the doubt again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet

from visits import dates, enums, mapping, models, record
from visits.likeness import is_full
from visits.matches import Match, Planned
from visits.matching import Matcher
from visits.models import Candidate, Doubt, ImportRun, Judgement, Member, Participant
from visits.models.copying import copy_rows

RULE = "second look"
_CODES = ("ambiguous-person", "none-person")
_AT_ONCE = 500
# What was said of one person in the preview of a dry run, and is settled: file, row, code, reason.
Settled = set[tuple[str, int | None, str, str]]


@dataclass
class _Open:
    """Somebody who stayed as printed: the doubt, the row, and where in which candidate the record names them."""

    doubt: int
    model: type[Model]
    pk: int
    candidate: Candidate
    entry: dict[str, Any]
    person: record.Person
    year: int | None
    match: Match | None = None


def look_again(run: ImportRun, matcher: Matcher) -> Settled:
    """Match and write, in the caller's transaction; what it settled."""
    mine = list(_opened(_doubts_of(run), own=run))
    others = list(_opened(_doubts_beside(run), own=None))
    resolved = _resolve(mine, others, matcher)
    _write(resolved, run)
    return {
        (one.candidate.file, one.candidate.row, f"{one.entry['answer']}-person", _said(one.entry))
        for one in resolved
        if one.candidate.run_id == run.pk
    }


def forget(run: ImportRun) -> None:
    """Open the doubts again that this load's second look settled, where the link was taken back."""
    judged = Doubt.objects.filter(judgement__run=run, judgement__kind=enums.JudgementKind.MATCH, judgement__user=None)
    judged.filter(Q(member__official=None, participant=None) | Q(participant__official=None, member=None)).update(
        judgement=None
    )


# Who is open


def _doubts() -> QuerySet[Doubt]:
    """Doubts about people without an official, whom nobody decided about."""
    free = Q(member__official=None, member__isnull=False) & ~Q(member__locked_fields__contains=["official"])
    took_part = Q(participant__official=None, participant__isnull=False)
    took_part &= ~Q(participant__locked_fields__contains=["official"])
    return Doubt.objects.filter(free | took_part, judgement=None, code__in=_CODES).order_by("pk")


def _doubts_of(run: ImportRun) -> QuerySet[Doubt]:
    return _doubts().filter(
        Q(member__delegation__visit__created_by_run=run)
        | Q(member__delegation__meeting__created_by_run=run)
        | Q(participant__meeting__created_by_run=run)
    )


def _doubts_beside(run: ImportRun) -> QuerySet[Doubt]:
    """Of earlier loads, in the countries of the officials that this load brought."""
    brought = models.Official.objects.filter(created_by_run=run, country__isnull=False)
    countries = list(brought.order_by().values_list("country", flat=True).distinct())
    rows = _doubts().filter(
        Q(member__delegation__sender_country__in=countries) | Q(participant__side_country__in=countries)
    )
    return rows.exclude(pk__in=_doubts_of(run).values("pk")) if countries else rows.none()


def _opened(doubts: QuerySet[Doubt], own: ImportRun | None) -> Iterator[_Open]:
    """The doubts with what the candidates of their records say about the person."""
    waiting: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    rows: list[Any] = list(
        doubts.values(
            "pk", "code", "reason", "member", "participant",
            "member__delegation__visit", "member__delegation__meeting", "participant__meeting",
        )
    )  # fmt: skip
    meetings = {one["member__delegation__meeting"] or one["participant__meeting"] for one in rows}
    visits_of = defaultdict(list)
    for meeting, visit in models.MeetingVisit.objects.filter(meeting__in=meetings - {None}).values_list(
        "meeting", "visit"
    ):
        visits_of[meeting].append(visit)
    for row in rows:
        meeting = row["member__delegation__meeting"] or row["participant__meeting"]
        visits = [row["member__delegation__visit"]] if row["member__delegation__visit"] else visits_of[meeting]
        for target in [("visit", pk) for pk in visits] + ([("meeting", meeting)] if meeting else []):
            waiting[target].append(row)
    done: set[int] = set()
    for candidate in _candidates(waiting, own):
        found = waiting[candidate.type, getattr(candidate, f"{candidate.type}_id")]
        for entry in candidate.matches:
            row = next((one for one in found if one["pk"] not in done and _is_about(one, entry)), None)
            if row and (person := _person_at(candidate.record, entry["path"])):
                done.add(row["pk"])
                model: type[Model] = Member if row["member"] else Participant
                pk = row["member"] or row["participant"]
                yield _Open(row["pk"], model, pk, candidate, entry, person, _year(candidate.record))


def _candidates(targets: Iterable[tuple[str, int]], own: ImportRun | None) -> Iterator[Candidate]:
    """The accepted candidates of these records, the newest first."""
    ids = defaultdict(list)
    for kind, pk in targets:
        ids[kind].append(pk)
    for kind, pks in ids.items():
        rows = Candidate.objects.filter(type=kind, state=enums.CandidateState.ACCEPTED, **{f"{kind}__in": pks})
        if own:
            rows = rows.filter(run=own)
        rows = rows.only("run", "type", "file", "row", "matches", "doubts", "record", "visit", "meeting")
        yield from rows.order_by("-pk").iterator(chunk_size=_AT_ONCE)


def _is_about(row: dict[str, Any], entry: dict[str, Any]) -> bool:
    return entry["id"] is None and row["code"] == f"{entry['answer']}-person" and row["reason"] == _said(entry)


def _said(entry: dict[str, Any]) -> str:
    return f"{entry['printed']}: {'; '.join(entry['reasons'])}"


def _person_at(data: dict[str, Any], path: str) -> record.Person | None:
    """The person at a JSON pointer of a record, as it was matched."""
    found: Any = data
    for step in path.strip("/").split("/"):
        found = found[int(step)] if isinstance(found, list) else found.get(step)
        if found is None:
            return None
    return record.Person.model_validate({name: found[name] for name in record.Person.model_fields if name in found})


def _year(data: dict[str, Any]) -> int | None:
    earliest = dates.bounds(data.get("start") or data.get("date") or "")[0]
    return earliest.year if earliest else None


# Who they are


def _resolve(mine: list[_Open], others: list[_Open], matcher: Matcher) -> list[_Open]:
    """Rounds until no round tells more: each person who is found tells more of their years. Then what is left of the
    load itself is decided, in the order of time.

    Before that the surnames that are of nobody known, so that a father's years are not taken for the son's.
    """
    resolved: list[_Open] = []
    mine, others = (sorted(some, key=lambda one: (one.year is None, one.year or 0, one.pk)) for some in (mine, others))
    matcher.prepare(_people([*mine, *others]))
    resolved += [
        one for one in mine if matcher.is_somebody_else(one.person, one.year) and _is_found(one, matcher, final=True)
    ]
    mine = [one for one in mine if one.match is None]
    mine.sort(key=lambda one: not is_full(one.person.official.name if one.person.official else ""))
    for final in (False, True):
        found = [*mine, *others]
        while found:
            found = [one for one in (mine if final else [*mine, *others]) if _is_found(one, matcher, final=final)]
            resolved += found
            mine, others = ([one for one in some if one.match is None] for some in (mine, others))
    return resolved


def _people(some: Iterable[_Open]) -> Iterator[record.Person]:
    return (one.person for one in some)


def _is_found(one: _Open, matcher: Matcher, *, final: bool) -> bool:
    match = matcher.official(one.person, one.entry["path"], one.year, final=final)
    if match and match.reference is not None:
        one.match = match
    return one.match is not None


# What is written


def _write(resolved: Sequence[_Open], run: ImportRun) -> None:
    matches = [one.match for one in resolved if one.match]
    mapping.write_planned([match.reference for match in matches], run)
    people: tuple[type[Any], ...] = (Member, Participant)
    for model in people:
        ids = {one.pk: _id(one.match) for one in resolved if one.model is model and one.match}
        rows = model._default_manager.in_bulk(list(ids))
        for pk, row in rows.items():
            row.official_id = ids[pk]
        model._default_manager.bulk_update(rows.values(), ["official"], batch_size=_AT_ONCE)
    mapping.write_spellings((_id(match), match.spelling) for match in matches)
    judged = copy_rows(
        Judgement,
        [
            {
                "kind": enums.JudgementKind.MATCH,
                "candidate_id": one.candidate.pk,
                "run_id": run.pk,
                "rule": RULE,
                "reason": "; ".join(one.match.reasons),
                "detail": {"official": _id(one.match), one.model._meta.model_name: one.pk},
            }
            for one in resolved
            if one.match
        ],
    )
    doubts = [Doubt(pk=one.doubt, judgement_id=pk) for one, pk in zip(resolved, judged, strict=True)]
    Doubt.objects.bulk_update(doubts, ["judgement"], batch_size=_AT_ONCE)
    _tell_candidates([one for one in resolved if one.candidate.run_id == run.pk])


def _tell_candidates(resolved: Iterable[_Open]) -> None:
    """What the load's own candidates say of these people is what came out."""
    candidates: dict[int, Candidate] = {}
    for one in resolved:
        candidate = candidates.setdefault(one.candidate.pk, one.candidate)
        said = {"code": f"{one.entry['answer']}-person", "reason": _said(one.entry)}
        if said in candidate.doubts:
            candidate.doubts.remove(said)
        if one.match:
            candidate.matches = [one.match.as_dict() if entry is one.entry else entry for entry in candidate.matches]
    Candidate.objects.bulk_update(candidates.values(), ["matches", "doubts"], batch_size=_AT_ONCE)


def _id(match: Match | None) -> int:
    reference = match.reference if match else None
    return int((reference.id if isinstance(reference, Planned) else reference) or 0)

"""The spellings under which known officials were found: kept as other names, so that search finds them by each."""

from collections.abc import Iterable, Sequence

from visits import enums, names
from visits.likeness import is_full
from visits.matches import Match, Planned, Spelling
from visits.models import Official, OfficialName

from .proposal import Proposal


def spellings_of(proposals: Iterable[Proposal]) -> list[Spelling]:
    """Of what was written: official and name, for each name that was new."""
    found: dict[Spelling, None] = {}
    for proposal in proposals:
        written = {child.path for child, _parent in proposal.plan.added}
        for match in proposal.matches:
            if match.spelling and (proposal.plan.present is None or match.path in written):
                found[_id(match), match.spelling] = None
    return [(official, text) for official, text in found if official]


def write_spellings(spellings: Iterable[Spelling]) -> None:
    """Add the names, unless somebody decided about an official's names; one known by a surname gets the full name."""
    spellings = list(spellings)
    people = Official.objects.in_bulk({official for official, text in spellings if text})
    rows = []
    for pk, text in spellings:
        one = people.get(pk)
        if one is None or not text or "other_names" in one.locked_fields:
            continue
        if is_full(text) and not is_full(one.name) and "name" not in one.locked_fields:
            text, one.name = one.name, text
            one.key = names.search_key(one.name)
            Official.objects.filter(pk=pk).update(name=one.name, key=one.key)
        rows.append(OfficialName(official_id=pk, text=text, key=names.search_key(text), kind=enums.NameKind.SPELLING))
    OfficialName.objects.bulk_create(rows, ignore_conflicts=True)


def _id(match: Match) -> int:
    reference = match.reference
    return int((reference.id if isinstance(reference, Planned) else reference) or 0)


__all__: Sequence[str] = ["spellings_of", "write_spellings"]

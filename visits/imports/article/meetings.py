"""Whom the visitors met, and who travelled along."""

from dataclasses import dataclass, field

from visits import enums

from . import lexicon
from .dates_in_text import When
from .lexicon import phrase_pattern
from .persons import Mention, Person
from .story import Story
from .visits_found import FoundVisit


@dataclass(slots=True)
class Encounter:
    """One meeting: the sentence, the counterparts, the day, the words that say so."""

    sentence: int
    counterparts: list[Mention]
    format: enums.MeetingFormat
    start: int
    end: int
    day: When | None = None
    rule: str = "meeting-verb"
    cited: list[tuple[int, int]] = field(default_factory=list)


def find(story: Story, visit: FoundVisit, about: list[list[FoundVisit]]) -> tuple[list[Encounter], list[Mention]]:
    """(meetings, members) of a visit."""
    members = _members(story, visit, about)
    mates = {m.person for m in members}
    encounters: list[Encounter] = []
    met: set[Person] = set()
    for index, owners in enumerate(about):
        if visit not in owners or story.lines[index].sentence.heading:
            continue
        for encounter in _in_sentence(story, visit, index, mates):
            elsewhere = {other.host for other in owners if other is not visit} - {visit.host}
            encounter.counterparts = [
                m
                for m in encounter.counterparts
                if m.person and m.person not in met and m.person.country not in elsewhere
            ]
            met |= {m.person for m in encounter.counterparts if m.person}
            if encounter.counterparts:
                encounters.append(encounter)
    return encounters, members


def _in_sentence(story: Story, visit: FoundVisit, index: int, mates: set[Person | None]) -> list[Encounter]:
    sentence = story.lines[index].sentence
    verbs = phrase_pattern(lexicon.phrases(story.language, "visits", "meeting_verbs"))
    found = []
    for verb in verbs.finditer(story.text, sentence.start, sentence.end):
        after = people_after(story, index, verb.end())
        before = _person_before(story, index, verb.start())
        people = [m for m in after if _is_counterpart(m, visit, mates)]
        if any(m.person is visit.head for m in after) and before and _is_counterpart(before, visit, mates):
            people.insert(0, before)
        elif (
            before
            and before.person
            and before.person is not visit.head
            and before.country
            and before.country == visit.host
        ):
            if not any(m.person is visit.head or (m.person and m.person.country == visit.guest) for m in after):
                people = []
            elif _is_counterpart(before, visit, mates):
                people.insert(0, before)
        if not people and not after:
            people = _met_each_other(story, visit, index, verb.start(), mates)
        if people:
            found.append(Encounter(index, people, _format(story, index), verb.start(), verb.end(), _day(story, index)))
    return found


def _met_each_other(
    story: Story, visit: FoundVisit, index: int, offset: int, mates: set[Person | None]
) -> list[Mention]:
    """ "The ministers A and B held talks": whoever stands before the verb beside the head."""
    tokens = story.lines[index].sentence.tokens
    earlier = [m for m in story.lines[index].mentions if m.name and tokens[max(m.last, m.name[1]) - 1].end <= offset]
    if len(earlier) < 2:
        return []
    first, second = earlier[-2:]
    between = tokens[max(first.last, first.name[1] if first.name else 0) : second.first]
    joined = {token.low for token in between}
    if (
        not joined & {"and", "и"}
        or joined - {"and", "и", ",", "the"}
        or visit.head not in (first.person, second.person)
    ):
        return []
    return [mention for mention in (first, second) if _is_counterpart(mention, visit, mates)]


def _is_counterpart(mention: Mention, visit: FoundVisit, mates: set[Person | None]) -> bool:
    person = mention.person
    if person is None or person is visit.head or person in mates or not mention.name:
        return False
    return (person.country or visit.host) != visit.guest


def _person_before(story: Story, index: int, offset: int) -> Mention | None:
    tokens = story.lines[index].sentence.tokens
    earlier = [m for m in story.lines[index].mentions if tokens[m.last - 1].end <= offset and m.person]
    return earlier[-1] if earlier else None


def people_after(story: Story, index: int, offset: int, *, first_gap: int = 12, gap: int = 8) -> list[Mention]:
    """The people of a list that begins after an offset: "A, B and the minister C"."""
    found: list[Mention] = []
    tokens = story.lines[index].sentence.tokens
    distance = 0
    for unit in story.coded[index].units:
        if tokens[unit.first].start < offset:
            continue
        if unit.mention is not None:
            if unit.mention.person and unit.mention.name and unit.mention.person not in {m.person for m in found}:
                found.append(unit.mention)
                distance = 0
            continue
        distance += 1
        ends = unit.code in lexicon.words(story.language, "visits", "list_ends")
        over = found and unit.code in lexicon.words(story.language, "visits", "list_verbs")
        if ends or over or distance > (gap if found else first_gap):
            break
        if found and unit.code == "." and unit.last >= len(tokens):
            break
    return found


def _members(story: Story, visit: FoundVisit, about: list[list[FoundVisit]]) -> list[Mention]:
    cues = phrase_pattern(tuple(lexicon.table(story.language, "visits")["company"]["cues"]))
    found: list[Mention] = []
    for mention in (m for vote in visit.votes if vote.guest and vote.guest.person is visit.head for m in vote.company):
        if mention.person not in {m.person for m in found}:
            found.append(mention)
    for index, owners in enumerate(about):
        if visit not in owners:
            continue
        sentence = story.lines[index].sentence
        for cue in cues.finditer(story.text, sentence.start, sentence.end):
            for mention in people_after(story, index, cue.end(), first_gap=6, gap=6):
                person = mention.person
                if (
                    person
                    and person is not visit.head
                    and (not person.country or person.country == visit.guest)
                    and person not in {m.person for m in found}
                ):
                    found.append(mention)
            break
    return found


def _format(story: Story, index: int) -> enums.MeetingFormat:
    low = story.low(index)
    if phrase_pattern(lexicon.phrases(story.language, "visits", "phone")).search(low):
        return enums.MeetingFormat.PHONE
    if phrase_pattern(lexicon.phrases(story.language, "visits", "video")).search(low):
        return enums.MeetingFormat.VIDEO
    return enums.MeetingFormat.IN_PERSON


def _day(story: Story, index: int) -> When | None:
    days = [when for when in story.whens[index] if when.start == when.end and when.is_day]
    return days[0] if len(days) == 1 else None

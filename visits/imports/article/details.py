"""What a found visit was: its kind, status, days and cities, and which sentences are about it."""

import re

from visits import enums

from . import lexicon
from .dates_in_text import When
from .gazetteer import Place
from .lexicon import phrase_pattern
from .story import Story
from .visits_found import FoundVisit, Vote

_MEETING_RULES = ("met-in", "both-met-in", "received", "received-by", "attended-forum", "visit-by", "invited")
_PASSING = {"invited", "accepted-invitation"}
_LEADS_IN = {
    "en": re.compile(r"^(?:while |when |then |later |also )?(?:in|at|during)\b"),
    "ru": re.compile(r"^(?:в|во)\b"),
}


def _is_passing(visit: FoundVisit) -> bool:
    """A visit that somebody is only invited to, or that will not be: the sentences around it need not be about it."""
    rules = {vote.rule for vote in visit.votes}
    if any(vote.status in ("postponed", "cancelled") for vote in visit.votes):
        return True
    return bool(rules & _PASSING) and all(vote.weight < 0.8 for vote in visit.votes)


def assign_sentences(story: Story, visits: list[FoundVisit]) -> list[list[FoundVisit]]:
    """For each sentence the visits that it is about: those it votes for, else those of its place, else as before."""
    about: list[list[FoundVisit]] = []
    lasting = [visit for visit in visits if not _is_passing(visit)] or visits
    current = lasting[:1]
    for index, line in enumerate(story.lines):
        own = [visit for visit in visits if index in visit.sentences]
        codes = {p.code for p in line.places if p.kind in ("name", "city")}
        named = [visit for visit in lasting if visit.host in codes]
        changes = _LEADS_IN[story.language].match(story.low(index)) or not any(v in named for v in current)
        if any(visit in lasting for visit in own):
            current = [visit for visit in own if visit in lasting]
        elif not own and len(named) == 1 and len(visits) > 1 and changes:
            current = named
        mine = {visit.host for visit in own}
        also = [v for v in lasting if own and v.host not in mine and cities_in(story, index, v.host)]
        about.append([*own, *also] or list(current))
    return about


def describe(story: Story, visit: FoundVisit, about: list[list[FoundVisit]]) -> None:
    """Fill kind, status and stay."""
    _kind(story, visit, about)
    visit.stay = _stay(story, visit, about)
    _status(story, visit, about)


def _kind(story: Story, visit: FoundVisit, about: list[list[FoundVisit]]) -> None:
    kinds: dict[str, list[str]] = lexicon.table(story.language, "visits")["kinds"]
    for vote in visit.votes:
        if vote.rule in ("met-in", "both-met-in") and about[vote.sentence] != [visit]:
            continue
        for kind, words in kinds.items():
            if kind == "summit":
                continue
            start, end = _kind_range(story, visit, vote, about)
            found = phrase_pattern(tuple(words)).search(story.text, start, end)
            if found:
                visit.kind, visit.kind_span = enums.VisitKind(kind), found.span()
                return
    table = lexicon.table(story.language, "visits")
    attends = phrase_pattern(tuple(table["company"]["attends"]))
    events = phrase_pattern(tuple(kinds["summit"]))
    near = _near(visit) | {index for index, owners in enumerate(about) if owners == [visit]}
    for index in sorted({i for i, owners in enumerate(about) if visit in owners} & near):
        sentence = story.lines[index].sentence
        for cue in attends.finditer(story.text, sentence.start, sentence.end):
            found = events.search(story.text, cue.end(), min(sentence.end, cue.end() + 90))
            if found and not re.search(r"[,;]", story.text[cue.end() : found.start()]):
                visit.kind, visit.kind_span = enums.VisitKind.SUMMIT, (cue.start(), found.end())
                return


def _kind_range(story: Story, visit: FoundVisit, vote: Vote, about: list[list[FoundVisit]]) -> tuple[int, int]:
    """Where the kind may stand: in the whole sentence if it is about this visit alone, else close to the trigger."""
    sentence = story.lines[vote.sentence].sentence
    if about[vote.sentence] == [visit]:
        return sentence.start, sentence.end
    return max(sentence.start, vote.start - 5), min(sentence.end, vote.end + 40)


def _near(visit: FoundVisit) -> set[int]:
    return {index + step for index in visit.sentences for step in (0, 1, 2)}


def _stay(story: Story, visit: FoundVisit, about: list[list[FoundVisit]]) -> When | None:
    """The days of the stay: a range if any vote's sentence has one, else the day beside the trigger."""
    ranges, days = [], []
    for vote in visit.votes:
        if vote.status in ("postponed", "cancelled"):
            continue  # the day of the news, or of a visit that will not be
        for when in story.whens[vote.sentence]:
            if _is_anothers(when, visit, vote, about[vote.sentence]):
                continue
            if when.start != when.end:
                ranges.append(when)
            elif vote.rule not in _MEETING_RULES and vote.weight >= 0.8 and _belongs(story, when, vote.start, vote.end):
                days.append(when)
    said = _said_days(story, visit, about)
    return next(iter([*ranges, *_named_ranges(story, visit, about), *days, *said]), None)


def _is_anothers(when: When, visit: FoundVisit, vote: Vote, owners: list[FoundVisit]) -> bool:
    """Whether a date of a sentence about several visits stands closer to the words for another of them."""

    def distance(other: Vote) -> int:
        return max(other.start - when.last, when.first - other.end, 0)

    mine = min(distance(v) for v in visit.votes if v.sentence == vote.sentence)
    others = [v for owner in owners if owner is not visit for v in owner.votes if v.sentence == vote.sentence]
    return any(distance(v) < mine for v in others)


def _said_days(story: Story, visit: FoundVisit, about: list[list[FoundVisit]]) -> list[When]:
    """ "The visit will take place on 3 March": the days of a sentence that begins so."""
    cues = phrase_pattern(lexicon.phrases(story.language, "visits", "stay_begins"))
    found = []
    for index in sorted(_near(visit)):
        if index < len(about) and about[index] == [visit] and (cue := cues.match(story.low(index))):
            first = story.lines[index].sentence.start
            found += [when for when in story.whens[index] if when.is_day and when.first - first < cue.end() + 20]
    return found


def _named_ranges(story: Story, visit: FoundVisit, about: list[list[FoundVisit]]) -> list[When]:
    """ "the June 3-4 visit": ranges beside a word of visiting in the sentences about this visit alone."""
    nouns = phrase_pattern(lexicon.phrases(story.language, "visits", "nouns"))
    found = []
    for index, owners in enumerate(about):
        found += [
            when
            for when in (story.whens[index] if owners == [visit] else ())
            if when.start != when.end and nouns.search(story.text, max(0, when.first - 25), when.last + 25)
        ]
    return found


def _belongs(story: Story, when: When, start: int, end: int) -> bool:
    """Whether a day stands within the trigger or right after it, in the same clause."""
    if start <= when.first <= end:
        return True
    between = story.text[end : when.first] if when.first > end else story.text[when.last : start]
    return len(between) < 60 and not re.search(
        r"[;:]|\b(?:after|before|since|ahead|who|which|where|following|said|says|told|announced|reported)\b"
        r"|\b(?:после|до|сообщил\w*|заявил\w*)\b",
        between,
    )


def _status_from_context(story: Story, visit: FoundVisit, about: list[list[FoundVisit]]) -> None:
    """The tense of the sentences that follow, where the one that names the visit has none."""
    for index, owners in enumerate(about):
        if visit in owners and (status := _tense(story, index)):
            sentence = story.lines[index].sentence
            visit.status, visit.status_span = enums.Status(status), (sentence.start, sentence.end)
            return


def _status(story: Story, visit: FoundVisit, about: list[list[FoundVisit]]) -> None:
    scores: dict[str, float] = {}
    spans: dict[str, tuple[int, int]] = {}
    for vote in visit.votes:
        status, weight = vote.status, vote.weight
        if not status:
            status, weight = _tense(story, vote.sentence), 0.4
        if status:
            scores[status] = scores.get(status, 0) + weight
            spans.setdefault(status, (vote.start, vote.end))
    for firm in ("cancelled", "postponed"):
        if firm in scores:
            scores[firm] += 5
    if not scores:
        _status_from_context(story, visit, about)
        return
    best = max(scores, key=lambda status: scores[status])
    if best == "ongoing" and visit.stay and _is_over(story, visit.stay):
        best = "completed"
    visit.status = enums.Status(best)
    visit.status_span = spans.get(best) or next(iter(spans.values()))


def _is_over(story: Story, stay: When) -> bool:
    published = story.document.published[:10]
    return len(published) == 10 and stay.start != stay.end and stay.end < published


def _tense(story: Story, index: int) -> str:
    low = story.low(index)
    for status, words in lexicon.table(story.language, "visits")["tense"].items():
        if phrase_pattern(tuple(words)).search(low):
            return str(status)
    return ""


def cities(story: Story, visit: FoundVisit, about: list[list[FoundVisit]]) -> list[tuple[Place, int]]:
    """Cities of the host country where the visit's sentences put somebody, with the sentence; each once."""
    seen: dict[str, tuple[Place, int]] = {}
    for index, line in enumerate(story.lines):
        if visit not in about[index]:
            continue
        tokens = line.sentence.tokens
        reached = [(v.start, v.end + 30) for v in visit.votes if v.sentence == index]
        for place in line.places:
            before = tokens[place.first - 1].low if place.first else ""
            there = before in lexicon.words(story.language, "visits", "city_before")
            in_frame = any(start <= tokens[place.first].start <= end for start, end in reached)
            leaving = before in ("from", "из", "of")
            if place.kind == "city" and place.code == visit.host and (there or (in_frame and not leaving)):
                seen.setdefault(place.name, (place, index))
    return list(seen.values())


def cities_in(story: Story, index: int, country: str) -> list[Place]:
    """Cities of a country that a sentence puts somebody in ("in X", "at X")."""
    line = story.lines[index]
    before = lexicon.words(story.language, "visits", "city_before")
    tokens = line.sentence.tokens
    named = [p for p in line.places if p.kind == "city" and p.code == country and p.first]
    return [place for place in named if tokens[place.first - 1].low in before]

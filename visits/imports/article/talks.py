"""Topics, outcomes, frameworks and credited parties, by the triggers of `talks.toml` and `text.toml`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from visits import enums

from . import lexicon
from .gazetteer import Topic
from .lexicon import phrase_pattern
from .sentences import Token, tokens
from .story import Story

_MAX_WORDS = 16
_LINK = re.compile(r"\s(?:and also|and|as well as|along with|а также|и)\s+(?:the\s+)?")
_NEXT = re.compile(
    r"\s(?:and|as well as)\s(?:also\s)?(?:he said|agreed|discussed|signed|issued|met|held|expressed|noted|proposed)\b"
)
_FIELDS = re.compile(
    r"\b(?:fields|areas|spheres|sectors) of (?:[\w-]+ ?){1,3}, (?:[\w-]+ ?){1,4}(?:, [\w -]+)*,? and [^,;]+$"
)
_ADJECTIVE = re.compile(r"\w{3}(?:ого|ому|ых|ый|ая|ую|ые|ыми|еской|ьной|рной)$")
_QUOTES = '“”"«»‘’'
_CLAUSE = re.compile(  # a Russian participle, a dash, "..., the ministry said"
    r",\s+\w+(?:ющ|вш|ящи)\w+\b|[;:!?]|\s[–—-]\s|,\s+(?=(?:[\w’'.-]+\s){0,5}(?:said|told|announced|reported|added|stated|informed)\b)"
)
_EDGES = " \t\n,;:.–—-“”\"'‘’«»()"


@dataclass(frozen=True, slots=True)
class Said:
    """A phrase of the text with what it means: a topic (slugs), an outcome (kind) or a framework (slug)."""

    start: int
    end: int
    rule: str
    modality: enums.Modality
    sentence: int
    slugs: tuple[str, ...] = ()
    kind: enums.OutcomeKind = enums.OutcomeKind.OTHER
    trigger: tuple[int, int] = (0, 0)


def topics(story: Story, index: int) -> list[Said]:
    """What one sentence says was talked about."""
    if story.lines[index].sentence.heading:
        return []
    found: list[Said] = []
    for name, side, pattern, modality in _topic_triggers(story.language):
        sentence = story.lines[index].sentence
        for trigger in pattern.finditer(story.text, sentence.start, sentence.end):
            chunk = (trigger.end(), sentence.end) if side == "after" else (sentence.start, trigger.start())
            if any(
                said.trigger[0] <= trigger.start() < said.trigger[1] or said.start <= trigger.start() < said.end
                for said in found
            ):
                continue
            for start, end in phrases(story, *_cut(story, *chunk, side=side)):
                if not any(start < said.end and said.start < end for said in found):
                    found.append(
                        Said(
                            start,
                            end,
                            name,
                            modality,
                            index,
                            slugs(story, start, end),
                            trigger=trigger.span(),
                        )
                    )
    return sorted([*found, *_named_topics(story, index, found)], key=lambda said: said.start)


def _named_topics(story: Story, index: int, found: list[Said]) -> list[Said]:
    """Topics of the tree by a name of two words or more, where the sentence tells of somebody speaking."""
    line, named, position = story.lines[index], [], 0
    words = phrase_pattern(lexicon.phrases(story.language, "talks", "speaking"))
    speaking = words.search(story.text, line.sentence.start, line.sentence.end)
    if not speaking:
        return []
    parts = line.sentence.tokens
    while position < len(parts):
        hit = story.names.topics.match(parts, position)
        if not hit:
            position += 1
            continue
        start, end = parts[position].start, parts[hit[0] - 1].end
        apart = not any(start < said.end and said.start < end for said in found)
        in_post = any(mention.first <= position < mention.last for mention in line.mentions)
        if hit[0] - position > 1 and apart and not in_post:
            named.append(
                Said(start, end, "name", enums.Modality.DISCUSSED, index, (hit[1].slug,), trigger=speaking.span())
            )
        position = hit[0]
    return named


@cache
def _topic_triggers(language: str) -> list[tuple[str, str, re.Pattern[str], enums.Modality]]:
    found = []
    for item in lexicon.table(language, "talks")["topic"]:
        modality = enums.Modality(item["modality"])
        sides = [side for side in ("before", "after") if item.get(side)]
        found += [(item["name"], side, phrase_pattern(tuple(item[side])), modality) for side in sides]
        if item.get("after_pattern"):
            pattern = re.compile(item["after_pattern"], re.IGNORECASE)
            found.append((item["name"], "after", pattern, modality))
    return found


def _cut(story: Story, start: int, end: int, *, side: str) -> tuple[int, int]:
    """The stretch of a trigger: up to the next clause, or from the clause that ends at it."""
    stops = phrase_pattern(lexicon.phrases(story.language, "talks", "stop_at"))
    if side == "after":
        stop = next((m.start() for m in stops.finditer(story.text, start, end) if m.start() > start + 3), end)
        mark = _CLAUSE.search(story.text, start, end)
        return start, min(stop, mark.start() if mark else end)
    lead = re.compile(
        r"[^,;:]{0,80}(?<!\w)(?:visits?|meetings?|talks|addition|визита|встречи|переговоров|этого),\s*",
        re.IGNORECASE,
    ).match(story.text, start, end)
    begin = lead.end() if lead else start
    clause = [
        m.end()
        for m in stops.finditer(story.text, begin, end)
        if m.group().casefold() in ("which", "that", "who", "which will", "который")
    ]
    if clause:  # "the topic of X, which will ..., was touched upon": the head of the clause is the topic
        first = stops.search(story.text, begin, end)
        return begin, first.start() if first else end
    return begin, end


def phrases(story: Story, start: int, end: int) -> list[tuple[int, int]]:
    """The noun phrases of a stretch: split at commas, and at "and" between phrases of two words or more."""
    parts: list[tuple[int, int]] = []
    separator = phrase_pattern(lexicon.phrases(story.language, "talks", "separators"))
    chunks, first = [], start
    for cut in separator.finditer(story.text, start, end):
        chunks.append((first, cut.start()))
        first = cut.end()
    for chunk in [*chunks, (first, end)]:
        if _FIELDS.search(story.text, *chunk):  # "cooperation in the fields of A, B and C" is one phrase
            parts.append(chunk)
            continue
        for begin, close in _comma_parts(story, *chunk):
            parts += _split_at_and(story, begin, close)
    cleaned = (_stripped(story, first, last) for first, last in parts)
    return [part for part in cleaned if part and _is_telling(story, *part)]


def _comma_parts(story: Story, start: int, end: int) -> Iterator[tuple[int, int]]:
    """What commas set apart; Russian adjectives that share a noun stay with it."""
    first: int | None = None
    for match in re.compile(r"[^,;]+").finditer(story.text, start, end):
        begin = match.start() if first is None else first
        waits = story.language == "ru" and _ADJECTIVE.search(match.group().rstrip()) and match.end() < end
        first = begin if waits else None
        if not waits:
            yield begin, match.end()


def _split_at_and(story: Story, start: int, end: int) -> list[tuple[int, int]]:
    """Cut at "as well as", and at "and" between phrases of three words; never within "between X and Y"."""
    for link in _LINK.finditer(story.text, start, end):
        left, right = story.text[start : link.start()], story.text[link.end() : end]
        weak = link.group().split()[0] in ("and", "и")
        paired = re.search(r"\b(?:between|both|между)\b", left) and not re.search(r"\b(?:and|и)\b", left)
        apart = len(left.split()) >= 3 and len(right.split()) >= 3
        article = link.group().split()[-1] == "the" and len(left.split()) >= 2
        if not weak or ((apart or article) and not paired):
            return [(start, link.start()), *_split_at_and(story, link.end(), end)]
    return [(start, end)]


def _stripped(story: Story, start: int, end: int) -> tuple[int, int] | None:
    fronts = lexicon.phrases(story.language, "talks", "strip_front")
    changed = True
    while changed and start < end:
        changed = False
        while start < end and story.text[start] in _EDGES and story.text[start] != "“":
            start += 1
        for front in (*fronts, "and", "и"):
            low = story.text[start : start + len(front) + 1].casefold()
            if low[: len(front)] == front and not low[len(front) :].isalnum() and start + len(front) < end:
                start, changed = start + len(front), True
                break
    while end > start and story.text[end - 1] in _EDGES and not _closes(story.text, start, end):
        end -= 1
    words = list(re.compile(r"\S+").finditer(story.text, start, end))
    if len(words) > _MAX_WORDS:
        end = words[_MAX_WORDS - 1].end()
    return (start, end) if start < end else None


def _closes(text: str, start: int, end: int) -> bool:
    """Whether the last mark closes a bracket or quote that the phrase itself opens."""
    opening = {")": "(", "”": "“", "»": "«"}.get(text[end - 1])
    return opening is not None and opening in text[start : end - 1]


def _is_telling(story: Story, start: int, end: int) -> bool:
    """Whether a phrase is a subject of talks: no clause, no person, no bare country, no empty word."""
    phrase = " ".join(story.text[start:end].casefold().split())
    if len(phrase) < 4 or phrase in lexicon.words(story.language, "talks", "empty"):
        return False
    words = re.findall(r"\w+", phrase)
    if not words or words[0] in lexicon.words(story.language, "talks", "no_topic_start"):
        return False
    if len(words) < 4 and all(w in lexicon.words(story.language, "talks", "empty") or len(w) < 3 for w in words):
        return False
    places = story.names.find_places(tokens(story.text, start, end))
    if places and places[0].last - places[0].first >= len(words):
        return False
    return not _is_person(story, start, end) and not any(
        when.first <= start < when.last for whens in story.whens for when in whens
    )


def _is_person(story: Story, start: int, end: int) -> bool:
    for line in story.lines:
        if line.sentence.start <= start < line.sentence.end:
            parts = line.sentence.tokens
            return any(
                m.name
                and m.person
                and m.person.best_post
                and start <= parts[m.name[0]].start < end
                and parts[m.first].start <= start + 12
                for m in line.mentions
            )
    return False


def slugs(story: Story, start: int, end: int) -> tuple[str, ...]:
    """Topics of the tree that a phrase names, the longest names first; "A and B energy" names A energy, too."""
    line = [token for token in tokens(story.text, start, end) if token.text not in _QUOTES]
    found: list[str] = []
    position = 0
    while position < len(line):
        hit = story.names.topics.match(line, position)
        shared = None if hit else _shared_noun(story, line, position)
        topic = hit[1] if hit else shared
        if isinstance(topic, Topic):
            found.append(topic.slug)
        position = hit[0] if hit else position + 1
    return tuple(dict.fromkeys(found))


def _shared_noun(story: Story, line: list[Token], position: int) -> Topic | None:
    """The topic of "green ... energy" in "green and hydrogen energy"."""
    following = line[position + 1 : position + 4]
    if len(following) == 3 and following[0].low in ("and", "и"):
        hit = story.names.topics.match([line[position], following[2]], 0)
        if hit and hit[0] == 2 and isinstance(hit[1], Topic):
            return hit[1]
    return None


def outcomes(story: Story, index: int) -> list[Said]:
    """What one sentence says came of it, never firmer than its trigger."""
    sentence = story.lines[index].sentence
    found: list[Said] = []
    low = story.low(index)
    if any(cue in low for cue in lexicon.phrases(story.language, "talks", "older")):
        return []
    for name, pattern, modality, kind in _outcome_triggers(story.language):
        for match in pattern.finditer(story.text, sentence.start, sentence.end):
            span = _stripped(story, *_whole_words(story, *match.span("text")))
            if span and not any(span[0] < said.end and said.start < span[1] for said in found):
                found.append(Said(*span, name, modality, index, (), _outcome_kind(story, span, kind), match.span()))
    return found


def _whole_words(story: Story, start: int, end: int) -> tuple[int, int]:
    """A pattern's stretch without a word cut in two, and without the next statement."""
    following = _NEXT.search(story.text, start, end)
    if following:
        return start, following.start()
    if end < len(story.text) and story.text[end].isalnum() and story.text[end - 1].isalnum():
        end = max(story.text.rfind(" ", start, end), start)
    return start, end


@cache
def _outcome_triggers(language: str) -> list[tuple[str, re.Pattern[str], enums.Modality, enums.OutcomeKind]]:
    return [
        (
            item["name"],
            re.compile(item["pattern"], re.IGNORECASE if item.get("any_case") else 0),
            enums.Modality(item["modality"]),
            enums.OutcomeKind(item["kind"]),
        )
        for item in lexicon.table(language, "talks")["outcome"]
    ]


def _outcome_kind(story: Story, span: tuple[int, int], kind: enums.OutcomeKind) -> enums.OutcomeKind:
    if kind not in (enums.OutcomeKind.AGREEMENT, enums.OutcomeKind.JOINT_STATEMENT):
        return kind
    for item in lexicon.table(story.language, "talks")["outcome_kind"]:
        if phrase_pattern(tuple(item["words"])).search(story.text, *span):
            return enums.OutcomeKind(item["kind"])
    return kind


def frameworks(story: Story, index: int) -> list[Said]:
    """Standing dialogues by name, and capitalised phrases that end as such frameworks do."""
    line, found, position = story.lines[index].sentence.tokens, [], 0
    while position < len(line):
        hit = story.names.dialogues.match(line, position)
        if hit:
            found.append(
                Said(
                    line[position].start,
                    line[hit[0] - 1].end,
                    "dialogue-name",
                    enums.Modality.DISCUSSED,
                    index,
                    (hit[1][0],),
                )
            )
            position = hit[0]
        else:
            position += 1
    sentence = story.lines[index].sentence
    if sentence.heading:
        return found
    for match in _framework_pattern(story.language).finditer(story.text, sentence.start, sentence.end):
        own = [word for word in re.findall(r"[\w’']+", match.group("lead")) if word[:1].isupper()]
        generic = set(lexicon.table(story.language, "talks")["framework_generic"])
        own = [word for word in own if word not in generic and not story.names.is_demonym(word)]
        parts = story.lines[index].sentence.tokens
        houses = [
            p
            for p in story.lines[index].places
            if p.kind == "house" and match.start() <= parts[p.first].start < match.end()
        ]
        if own and not houses and not any(match.start() < said.end and said.start < match.end() for said in found):
            found.append(Said(*_stripped_span(story, match.span()), "framework-name", enums.Modality.DISCUSSED, index))
    return found


def _stripped_span(story: Story, span: tuple[int, int]) -> tuple[int, int]:
    return _stripped(story, *span) or span


@cache
def _framework_pattern(language: str) -> re.Pattern[str]:
    ends = "|".join(map(re.escape, lexicon.table(language, "talks")["framework_ends"]))
    word = r"[A-ZА-ЯЁ][\w’'.-]*"
    return re.compile(
        rf"(?<!\w)(?P<lead>(?:{word}(?:\s+(?:and|of|for|on|the|и))*\s+){{1,6}}?(?:\([A-Z+\d]{{2,8}}\)\s+)?)(?:{ends})\b(?:\s+\([A-Z+\d]{{2,8}}\))?"
    )


def is_session(story: Story, said: Said) -> bool:
    """Whether the words before a dialogue's name say that somebody took part in it, not that it was talked about."""
    sentence = story.lines[said.sentence].sentence
    cues = phrase_pattern(lexicon.phrases(story.language, "talks", "session"))
    before = list(cues.finditer(story.text, max(sentence.start, said.start - 70), said.start))
    return bool(before) and not re.search(r"[,;]|\bnext\b|\bследующ", story.text[before[-1].end() : said.start])


def credited(story: Story) -> dict[int, str]:
    """Sentence to the party that it credits ("according to the Ministry of X")."""
    cues = phrase_pattern(lexicon.phrases(story.language, "text", "attribution_before"))
    parties = lexicon.words(story.language, "text", "attribution_parties")
    found: dict[int, str] = {}
    for index, line in enumerate(story.lines):
        for cue in cues.finditer(story.text, line.sentence.start, line.sentence.end):
            stop = re.compile(r"[,;.:]").search(story.text, cue.end(), line.sentence.end)
            span = _stripped(story, cue.end(), stop.start() if stop else line.sentence.end)
            if span and any(
                word in parties or word.rstrip("s") in parties
                for word in re.findall(r"\w+", story.text[slice(*span)].casefold())
            ):
                found[index] = " ".join(story.text[slice(*span)].split())[:300]
                break
    only = set(found.values())
    if len(only) == 1:  # the text as a whole goes back to one party
        party = only.pop()
        if any(word in party.casefold() for word in lexicon.table(story.language, "text")["official_parties"]):
            return dict.fromkeys(range(len(story.lines)), party)
    return found

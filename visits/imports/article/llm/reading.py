"""From what a model said to records: every value is looked for in the text, and what is not there is dropped.

The position of a quote is found by us. A country must be named in its quote, a date read in it by our own rules, a name
or phrase stand in it word for word. What comes out is a VisitData like any other, so nothing that a text talks a model
into can be more than a wrong value with a true quote, for an editor to look at.
"""

from collections import Counter

from pydantic import ValidationError

from visits import dates, enums, names
from visits.imports.article import lexicon, talks
from visits.imports.article.dates_in_text import When
from visits.imports.article.evidence import Evidence
from visits.imports.article.lexicon import phrase_pattern
from visits.imports.article.quotes import Quotable
from visits.imports.article.ranks import office_of, rank_of, title_of
from visits.imports.article.sentences import tokens
from visits.imports.article.sides import country_of, official_at, side_of
from visits.imports.article.story import Story
from visits.record import (
    Delegation,
    Meeting,
    Member,
    Outcome,
    Participant,
    Place,
    PostRef,
    Side,
    SourceRef,
    TopicLink,
    VisitData,
)

from .shape import Answer, Said, SaidKind, SaidMeeting, SaidOutcome, SaidPerson, SaidStatus, SaidTopic, SaidVisit

_FIRM = tuple(enums.Modality)  # from weak to strong
_Span = tuple[int, int]


class Checked:
    """Reads the answer about one story; `dropped` counts the values that the text does not bear out."""

    def __init__(self, story: Story, source: SourceRef, model: str) -> None:
        self.story, self.source = story, source
        self.rule = f"model:{model}"[:100]
        self.quotable = Quotable(story.text)
        self.dropped: Counter[str] = Counter()
        credited = talks.credited(story)
        lines = story.lines
        self.credited = [(lines[i].sentence.start, lines[i].sentence.end, party) for i, party in credited.items()]

    def visits(self, answer: Answer) -> list[VisitData]:
        """The visits whose guest and host the text names; several of one pair are taken once."""
        found: dict[tuple[str, str], VisitData] = {}
        for said in answer.visits:
            record = self._visit(said)
            if record:
                found.setdefault(_pair(record), record)
        return list(found.values())

    def _visit(self, said: SaidVisit) -> VisitData | None:
        self.evidence = Evidence(self.story.text, self.credited)
        guest, host = self._side(said.guest, "guest"), self._side(said.host, "host")
        if guest is None or host is None or _code(guest) == _code(host):
            self.dropped["visit"] += 1
            return None
        start, end = self._stay(said.start, said.end)
        try:
            record = VisitData(
                sources=[self.source.model_copy()],
                guest=guest,
                host=host,
                start=start,
                end=end,
                kind=self._kind(said.kind),
                status=self._status(said.status),
                places=self._places(said.cities, _code(host)),
                delegations=[Delegation(sender=guest.model_copy(), members=self._members(said, _code(guest)))],
                meetings=self._meetings(said.meetings, _code(host)),
                topics=self._topics(said.topics),
                outcomes=self._outcomes(said.outcomes),
            )
        except (ValidationError, dates.DateError):
            self.dropped["visit"] += 1
            return None
        record.citations = self.evidence.citations
        return record

    # looking things up in the text

    def _quoted(self, quote: str, what: str) -> _Span | None:
        span = self.quotable.find(quote)
        if span is None:
            self.dropped[what] += 1
        return span

    def _within(self, words: str, quote: str, what: str) -> tuple[_Span, _Span] | None:
        """Where the words stand, and the quote that holds them."""
        around = self._quoted(quote, what)
        if around is None:
            return None
        span = self.quotable.find(words, around)
        if span is None:
            self.dropped[what] += 1
            return None
        return span, around

    def _cite(self, target: str, name: str, span: _Span) -> None:
        self.evidence.cite(target, name, span, self.rule, lexicon.sure("language_model"))

    def _printed(self, span: _Span) -> str:
        return names.clean(self.story.text[slice(*span)])

    def _sentence(self, offset: int) -> int | None:
        lines = self.story.lines
        return next((i for i, one in enumerate(lines) if one.sentence.start <= offset < one.sentence.end), None)

    # countries and days

    def _side(self, said: Said, role: str) -> Side | None:
        """The country, if the quote names it, its people or a city of it."""
        around = self._quoted(said.quote, role)
        if around is None:
            return None
        code = said.value.strip().upper()
        line = tokens(self.story.text, *around)
        places = [place for place in self.story.names.find_places(line) if place.code == code]
        if not places:
            self.dropped[role] += 1
            return None
        span = line[places[0].first].start, line[places[0].last - 1].end
        self._cite("", role, span)
        return side_of(code, self._printed(span))

    def _day(self, said: Said | None, what: str, *, last: bool = False) -> tuple[str, When] | None:
        """The day, if our own rules read it in the quote."""
        around = self._quoted(said.quote, what) if said else None
        if said is None or around is None:
            return None
        value = said.value.strip()
        for when in (when for whens in self.story.whens for when in whens):
            if around[0] <= when.first and when.last <= around[1] and value == (when.end if last else when.start):
                return value, when
        self.dropped[what] += 1
        return None

    def _stay(self, first: Said | None, last: Said | None) -> tuple[str, str]:
        start, end = self._day(first, "start"), self._day(last, "end", last=True)
        if start and end:
            try:
                dates.check_order(start[0], end[0])
            except dates.DateError:
                self.dropped["end"] += 1
                end = None
        for name, day in (("start", start), ("end", end)):
            if day:
                self._cite("", name, (day[1].first, day[1].last))
        return (start[0] if start else ""), (end[0] if end and (not start or end[0] != start[0]) else "")

    def _kind(self, said: SaidKind | None) -> enums.VisitKind:
        """The kind, if the quote holds one of its words."""
        words = lexicon.table(self.story.language, "visits")["kinds"]
        if said is None or said.value is enums.VisitKind.UNKNOWN:
            return enums.VisitKind.UNKNOWN
        around = self._quoted(said.quote, "kind")
        if around is None:
            return enums.VisitKind.UNKNOWN
        pattern = phrase_pattern(tuple(words.get(said.value.value, ("\x00",))))
        found = pattern.search(self.story.text, *around)
        if found is None:
            self.dropped["kind"] += 1
            return enums.VisitKind.UNKNOWN
        self._cite("", "kind", found.span())
        return said.value

    def _status(self, said: SaidStatus | None) -> enums.Status:
        """The status, if a word of its tense stands in the quote."""
        if said is None or said.value is enums.Status.UNKNOWN:
            return enums.Status.UNKNOWN
        around = self._quoted(said.quote, "status")
        words = lexicon.table(self.story.language, "visits")["tense"].get(said.value.value)
        if around and words and phrase_pattern(tuple(words)).search(self.story.text, *around):
            self._cite("", "status", around)
            return said.value
        self.dropped["status"] += around is not None
        return enums.Status.UNKNOWN

    def _places(self, said: list[Said], host: str) -> list[Place]:
        found: list[Place] = []
        for one in said:
            spans = self._within(one.value, one.quote, "city")
            if spans is None:
                continue
            span = spans[0]
            line = tokens(self.story.text, *span)
            known = [p for p in self.story.names.find_places(line) if p.code]
            if any(place.code != host or place.kind != "city" for place in known):
                self.dropped["city"] += 1  # a country, or a city of another country
                continue
            name = known[0].name if known and known[0].last - known[0].first == len(line) else ""
            printed = self._printed(span)
            if printed in {place.as_printed for place in found}:
                continue
            self._cite(f"/places/{len(found)}", "city", span)
            found.append(Place(as_printed=printed, city=name, country=host if name else None))
        return found

    # people

    def _members(self, said: SaidVisit, guest: str) -> list[Member]:
        found: list[Member] = []
        known: set[str] = set()
        for number, one in enumerate([said.head, *said.members]):
            target = f"/delegations/0/members/{len(found)}"
            fields = self._person(one, target, guest) if one else None
            if fields and str(fields["name_as_printed"]).casefold() not in known:
                known.add(str(fields["name_as_printed"]).casefold())
                found.append(Member.model_validate({"head": number == 0, **fields}))
        return found

    def _person(self, said: SaidPerson, target: str, country: str) -> dict[str, object] | None:
        """Name and post as printed; a post that does not stand in the quote is left out, a name is not."""
        spans = self._within(said.name, said.quote, "person")
        if spans is None or not _is_name(said.name):
            return None
        named, around = spans
        printed = self._printed(named)
        fields: dict[str, object] = {"as_printed": printed, "name_as_printed": printed}
        if official := official_at(self.story.text, *named, printed, country):
            fields["official"] = official
        self._cite(target, "name_as_printed", named)
        posted = self.quotable.find(said.post, around) if said.post else None
        if posted:
            post = self._printed(posted)
            line = tokens(self.story.text, *posted)
            own = [
                self._printed((line[place.first].start, line[place.last - 1].end))
                for place in self.story.names.find_places(line)
            ]
            fields["post_as_printed"] = post
            title, rank = title_of(post, own), rank_of(post, self.story.language)
            title, rank = office_of(title, country, self.story.language) or (title, rank)
            fields["post"] = PostRef(title=title[:300], rank=rank, country=country_of(country))
            fields["as_printed"] = self._printed((min(named[0], posted[0]), max(named[1], posted[1])))[:1000]
            self._cite(target, "post_as_printed", posted)
        elif said.post:
            self.dropped["post"] += 1
        return fields

    def _meetings(self, said: list[SaidMeeting], host: str) -> list[Meeting]:
        found: list[Meeting] = []
        for one in said:
            around = self._quoted(one.quote, "meeting")
            if around is None:
                continue
            target = f"/meetings/{len(found)}"
            people: list[Participant] = []
            mark = len(self.evidence.citations)
            self._cite(target, "", around)
            for person in one.counterparts:
                fields = self._person(person, f"{target}/participants/{len(people)}", host)
                if fields:
                    people.append(Participant.model_validate({"side": side_of(host), **fields}))
            if not people:
                del self.evidence.citations[mark:]
                continue
            day = self._day(one.date, "date")
            if day:
                self._cite(target, "date", (day[1].first, day[1].last))
            found.append(Meeting(date=day[0] if day else "", participants=people))
        return found

    # what was said

    def _topics(self, said: list[SaidTopic]) -> list[TopicLink]:
        found: list[TopicLink] = []
        for said_topic in said:
            spans = self._within(said_topic.phrase, said_topic.quote, "topic")
            if spans is None:
                continue
            slugs = talks.slugs(self.story, *spans[0])
            link = TopicLink(
                topic=slugs[0] if slugs else None,
                as_printed=self._printed(spans[0]),
                modality=self._modality(said_topic.modality, *spans),
            )
            if any(
                link.as_printed == other.as_printed or (link.topic and link.topic == other.topic) for other in found
            ):
                continue
            self._cite(f"/topics/{len(found)}", "topic", spans[0])
            self._cite(f"/topics/{len(found)}", "modality", spans[1])
            found.append(link)
        return found

    def _outcomes(self, said: list[SaidOutcome]) -> list[Outcome]:
        found: list[Outcome] = []
        for one in said:
            spans = self._within(one.phrase, one.quote, "outcome")
            if spans is None:
                continue
            title, modality = self._printed(spans[0]), self._modality(one.modality, *spans)
            if title in {outcome.title for outcome in found}:
                continue
            self._cite(f"/outcomes/{len(found)}", "title", spans[0])
            self._cite(f"/outcomes/{len(found)}", "modality", spans[1])
            found.append(Outcome(kind=one.kind, modality=modality, title=title))
        return found

    def _modality(self, said: enums.Modality, phrase: _Span, quote: _Span) -> enums.Modality:
        """What the model says, but never more than the trigger words in its quote allow.

        Those about the phrase count, else those of its sentence; of several the weakest.
        """
        index = self._sentence(phrase[0])
        if index is None:
            return enums.Modality.DISCUSSED
        told = [
            one
            for one in (*talks.topics(self.story, index), *talks.outcomes(self.story, index))
            if quote[0] <= one.trigger[0] and one.trigger[1] <= quote[1]
        ]
        about = [one for one in told if one.start < phrase[1] and phrase[0] < one.end] or told
        allowed = min((_FIRM.index(one.modality) for one in about), default=0)
        return _FIRM[min(_FIRM.index(said), allowed)]


def _code(side: Side) -> str:
    return side.country or (side.organization.slug or "" if side.organization else "").upper()


def _pair(record: VisitData) -> tuple[str, str]:
    return _code(record.guest), _code(record.host)


def _is_name(name: str) -> bool:
    """Whether it looks like one: a word with a capital, or in letters that know none."""
    return any(word[:1].isupper() or (word[:1].isalpha() and word[:1] == word[:1].swapcase()) for word in name.split())

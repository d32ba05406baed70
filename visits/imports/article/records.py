"""A found visit as a VisitData in which every value is cited."""

from collections import Counter

from visits import enums, names
from visits.record import (
    Delegation,
    DialogueLink,
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

from . import details, meetings, talks
from .dates_in_text import When
from .evidence import Evidence
from .gazetteer import Place as FoundPlace
from .lexicon import sure
from .meetings import Encounter
from .persons import Mention, Person
from .ranks import office_of, rank_of, title_of
from .sides import country_of, official_at, side_of
from .story import Story
from .talks import Said
from .visits_found import FoundVisit

_Span = tuple[int, int]


class RecordBuilder:
    """Builds one VisitData from one FoundVisit."""

    def __init__(
        self, story: Story, visit: FoundVisit, about: list[list[FoundVisit]], credited: dict[int, str]
    ) -> None:
        self.story, self.visit, self.about = story, visit, about
        spans = [
            (line.sentence.start, line.sentence.end, credited[i]) for i, line in enumerate(story.lines) if i in credited
        ]
        self.evidence = Evidence(story.text, spans)
        self.trust = min(0.95, 0.45 + 0.2 * visit.weight)

    def build(self, source: SourceRef) -> VisitData:
        visit = self.visit
        details.describe(self.story, visit, self.about)
        encounters, members = meetings.find(self.story, visit, self.about)
        guest, host = self.side(visit.guest, "guest"), self.side(visit.host, "host")
        start, end = self.stay(visit.stay)
        topics, outcomes, dialogues = self.said()
        record = VisitData(
            sources=[source],
            guest=guest,
            host=host,
            start=start,
            end=end,
            kind=self.kind(),
            kind_as_printed=names.clean(self.story.text[slice(*visit.kind_span)])[:1000] if visit.kind_span else "",
            status=self.status(),
            places=self.places(),
            delegations=[Delegation(sender=guest.model_copy(), members=self.members(members))],
            meetings=[self.meeting(number, encounter) for number, encounter in enumerate(encounters)],
            topics=topics,
            outcomes=outcomes,
            dialogues=dialogues,
        )
        record.citations = self.evidence.citations
        return record

    # countries

    def side(self, code: str, role: str) -> Side:
        """The country as guest or host, with the label that the text prints."""
        found = self.label(code, role)
        printed = names.clean(self.story.text[slice(*found)]) if found else ""
        if found:
            self.evidence.cite("", role, found, f"{role}-votes:{self.visit.votes[0].rule}", self.trust)
        elif span := self.head_span():
            self.evidence.cite("", role, span, f"{role}-of-publisher", min(self.trust, 0.7))
        return side_of(code, printed)

    def label(self, code: str, role: str) -> _Span | None:
        """Where the text names the country: in the votes' sentences by name, else anywhere, else its people or city."""
        ranked: list[tuple[int, int, _Span]] = []
        kinds = {"name": 0, "demonym": 1, "house": 2, "city": 3}
        for index, line in enumerate(self.story.lines):
            for place in line.places:
                if place.code == code:
                    span = self.token_span(index, (place.first, place.last))
                    ranked.append((kinds[place.kind] + (0 if index in self.visit.sentences else 2), index, span))
        if role == "host":
            for vote in self.visit.votes:
                if vote.host_place:
                    return self.token_span(vote.sentence, (vote.host_place.first, vote.host_place.last))
        return min(ranked)[2] if ranked else None

    def head_span(self) -> _Span | None:
        mention = self.visit.head.best_name if self.visit.head else None
        return self.token_span(mention.sentence, mention.name) if mention and mention.name else None

    def token_span(self, index: int, tokens: tuple[int, int]) -> _Span:
        line = self.story.lines[index].sentence.tokens
        return line[tokens[0]].start, line[tokens[1] - 1].end

    # the visit's own fields

    def stay(self, when: When | None) -> tuple[str, str]:
        if when is None:
            return "", ""
        self.evidence.cite("", "start", (when.first, when.last), f"date:{when.rule}", sure("date"))
        if when.start == when.end:
            return when.start, ""
        self.evidence.cite("", "end", (when.first, when.last), f"date:{when.rule}", sure("date"))
        return when.start, when.end

    def kind(self) -> enums.VisitKind:
        self.evidence.cite(
            "",
            "kind",
            self.visit.kind_span,
            "kind-words",
            sure("kind_of_event" if self.visit.kind == "summit" else "kind"),
        )
        return self.visit.kind

    def status(self) -> enums.Status:
        self.evidence.cite("", "status", self.visit.status_span, "status-of-trigger", sure("status"))
        return self.visit.status

    def places(self) -> list[Place]:
        found = []
        for number, (place, index) in enumerate(details.cities(self.story, self.visit, self.about)):
            span = self.token_span(index, (place.first, place.last))
            self.evidence.cite(f"/places/{number}", "city", span, "city-name", sure("city"))
            found.append(self.place(place, span))
        return found

    def place(self, place: FoundPlace, span: _Span) -> Place:
        return Place(as_printed=self.story.text[slice(*span)], city=place.name, country=place.code)

    # people

    def members(self, mentions: list[Mention]) -> list[Member]:
        found: list[Member] = []
        if self.visit.head:
            found.append(
                Member(
                    head=True,
                    **self.person(self.visit.head, "/delegations/0/members/0", self.visit.guest, self.trust),
                )
            )
            self.evidence.cite("/delegations/0/members/0", "head", self.vote_span(), "head-votes", self.trust)
        elif unnamed := self.unnamed_head():
            found.append(unnamed)
        for mention in mentions:
            if mention.person:
                target = f"/delegations/0/members/{len(found)}"
                found.append(Member(**self.person(mention.person, target, self.visit.guest, sure("member"))))
        return found

    def unnamed_head(self) -> Member | None:
        """ "the president of X will visit Y": the head by post alone."""
        guest = next((v.guest for v in self.visit.votes if v.guest and v.guest.post and v.guest.person is None), None)
        if guest is None or guest.post is None:
            return None
        target = "/delegations/0/members/0"
        span = self.token_span(guest.sentence, guest.post)
        printed = names.clean(self.story.text[slice(*span)])[:1000]
        self.evidence.cite(target, "post_as_printed", span, "post-grammar", sure("post_of_head"))
        self.evidence.cite(target, "head", self.vote_span(), "head-votes", sure("head_of_group"))
        post = self.post(printed, guest, self.visit.guest)
        return Member(head=True, as_printed=printed, post_as_printed=printed, post=post)

    def vote_span(self) -> _Span | None:
        """The trigger that made this person the head, else the strongest."""
        own = [v for v in self.visit.votes if v.guest and v.guest.person is self.visit.head] or self.visit.votes
        best = max(own, key=lambda vote: vote.weight)
        return best.start, best.end

    def person(self, person: Person, target: str, country: str, confidence: float) -> dict[str, object]:
        """The fields of a Member or Participant, cited: names and post as printed, and whom they mean."""
        named, posted = person.best_name, person.best_post
        code = person.country or country
        fields: dict[str, object] = {}
        if named and named.name:
            span = self.token_span(named.sentence, named.name)
            printed = names.clean(self.story.text[slice(*span)])
            fields["name_as_printed"] = printed[:300]
            if official := official_at(self.story.text, *span, self.full_name(person, printed), code):
                fields["official"] = official
            of_name = min(confidence, sure("model_name")) if named.kind == "model" else confidence
            self.evidence.cite(target, "name_as_printed", span, f"name:{named.kind}", of_name)
        if posted and posted.post:
            span = self.token_span(posted.sentence, posted.post)
            post = names.clean(self.story.text[slice(*span)])
            fields["post_as_printed"] = post[:1000]
            fields["post"] = self.post(post, posted, code)
            self.evidence.cite(target, "post_as_printed", span, "post-grammar", confidence)
        whole = posted or named
        if whole:
            span = self.token_span(whole.sentence, (whole.first, whole.last))
            first, last = self.whole_span(whole, span)
            fields["as_printed"] = names.clean(self.story.text[first:last])[:1000]
        return fields

    def post(self, printed: str, mention: Mention, code: str) -> PostRef:
        """The office that a printed post means: without its country, under the title that it is known by."""
        title, rank = title_of(printed, self.country_words(mention)), rank_of(printed, self.story.language)
        title, rank = office_of(title, code, self.story.language) or (title, rank)
        return PostRef(title=title[:300], rank=rank, country=country_of(code))

    def whole_span(self, mention: Mention, span: _Span) -> _Span:
        ranges = [r for r in (mention.name, mention.post) if r]
        spans = [self.token_span(mention.sentence, r) for r in ranges] + [span]
        return min(s[0] for s in spans), max(s[1] for s in spans)

    def full_name(self, person: Person, printed: str) -> str:
        """The name as one writes it: surnames in capitals are not kept so."""
        words = (names.clean(person.name) or printed).split()
        return " ".join(w.title() if w.isupper() and len(w) > 3 and "." not in w else w for w in words)

    def country_words(self, mention: Mention) -> list[str]:
        line = self.story.lines[mention.sentence]
        first, last = mention.post or (0, 0)
        return [
            names.clean(line.text(self.story.text, (p.first, p.last))) for p in line.places if first <= p.first < last
        ]

    def meeting(self, number: int, encounter: Encounter) -> Meeting:
        target = f"/meetings/{number}"
        self.evidence.cite(target, "", (encounter.start, encounter.end), encounter.rule, sure("meeting"))
        day = encounter.day
        if day:
            self.evidence.cite(target, "date", (day.first, day.last), f"date:{day.rule}", sure("meeting_date"))
        if encounter.format is not enums.MeetingFormat.IN_PERSON:
            sentence = self.story.lines[encounter.sentence].sentence
            self.evidence.cite(target, "format", (sentence.start, sentence.end), "call-words", sure("meeting_format"))
        people = []
        for position, mention in enumerate(encounter.counterparts):
            if mention.person:
                own = f"{target}/participants/{position}"
                country = mention.person.country or self.visit.host
                side = self.participant_side(country, mention, own)
                people.append(Participant(side=side, **self.person(mention.person, own, country, sure("counterpart"))))
        place = self.meeting_place(target, encounter)
        return Meeting(date=day.start if day else "", format=encounter.format, place=place, participants=people)

    def meeting_place(self, target: str, encounter: Encounter) -> Place | None:
        """The one city that the sentence of an encounter puts it in."""
        if encounter.format is not enums.MeetingFormat.IN_PERSON:
            return None
        found = details.cities_in(self.story, encounter.sentence, self.visit.host)
        if len(found) != 1:
            return None
        span = self.token_span(encounter.sentence, (found[0].first, found[0].last))
        self.evidence.cite(target, "place", span, "city-name", sure("meeting_place"))
        return self.place(found[0], span)

    def participant_side(self, code: str, mention: Mention, target: str) -> Side:
        place = next(
            (p for m in (mention.person.mentions if mention.person else ()) if m.post
             for p in self.story.lines[m.sentence].places if m.post[0] <= p.first < m.post[1] and p.code == code),
            None,
        )  # fmt: skip
        if place is None or country_of(code) is None:
            return side_of(code)
        owner = next(m for m in mention.person.mentions if m.post and place in self.story.lines[m.sentence].places)  # type: ignore[union-attr]
        span = self.token_span(owner.sentence, (place.first, place.last))
        self.evidence.cite(target, "side", span, "post-country", sure("side"))
        return side_of(code, names.clean(self.story.text[slice(*span)]))

    # what was said

    def said(self) -> tuple[list[TopicLink], list[Outcome], list[DialogueLink]]:
        own = [index for index, owners in enumerate(self.about) if self.visit in owners]
        topics: list[TopicLink] = []
        seen: set[str] = set()
        for said in (said for index in own for said in talks.topics(self.story, index)):
            for slug in said.slugs or (None,):
                printed = names.clean(self.story.text[said.start : said.end])[:1000]
                key = slug or printed.casefold()
                if key not in seen:
                    seen.add(key)
                    self.evidence.cite(
                        f"/topics/{len(topics)}",
                        "topic",
                        (said.start, said.end),
                        f"topic:{said.rule}",
                        sure("topic_by_name" if said.rule == "name" else "topic" if slug else "topic_in_words"),
                    )
                    self.evidence.cite(
                        f"/topics/{len(topics)}", "modality", said.trigger, f"topic:{said.rule}", sure("topic_modality")
                    )
                    topics.append(TopicLink(topic=slug, as_printed=printed, modality=said.modality))
        return topics, self.outcomes(own), self.dialogues(own)

    def outcomes(self, own: list[int]) -> list[Outcome]:
        found: list[Outcome] = []
        counts: Counter[str] = Counter()
        for said in (said for index in own for said in talks.outcomes(self.story, index)):
            title = names.clean(self.story.text[said.start : said.end])[:1000]
            counts[title.casefold()] += 1
            if counts[title.casefold()] > 1:
                continue
            target = f"/outcomes/{len(found)}"
            self.evidence.cite(target, "title", (said.start, said.end), f"outcome:{said.rule}", sure("outcome"))
            self.evidence.cite(target, "modality", said.trigger, f"outcome:{said.rule}", sure("outcome_modality"))
            dialogue = self.dialogue_within(said)
            found.append(Outcome(kind=said.kind, modality=said.modality, title=title, dialogue=dialogue))
        return found

    def dialogue_within(self, said: Said) -> str | None:
        """The known dialogue that an outcome's own words name."""
        for framework in talks.frameworks(self.story, said.sentence):
            if framework.slugs and said.start <= framework.start < said.end:
                return framework.slugs[0]
        return None

    def dialogues(self, own: list[int]) -> list[DialogueLink]:
        found: dict[str, tuple[Said, DialogueLink]] = {}
        for said in (said for index in own for said in talks.frameworks(self.story, index)):
            printed = names.clean(self.story.text[said.start : said.end])[:1000]
            slug = said.slugs[0] if said.slugs else None
            found.setdefault(slug or printed.casefold(), (said, DialogueLink(dialogue=slug, as_printed=printed)))
            link = found[slug or printed.casefold()][1]
            if talks.is_session(self.story, said):
                link.role = enums.DialogueRole.SESSION
        for number, (said, _link) in enumerate(found.values()):
            self.evidence.cite(f"/dialogues/{number}", "dialogue", (said.start, said.end), said.rule, sure("dialogue"))
        return [link for _said, link in found.values()]

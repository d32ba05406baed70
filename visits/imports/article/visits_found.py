"""From matched frames to visits: logged votes for guest, host and head, counted per pair of countries."""

from collections import Counter
from dataclasses import dataclass, field

from visits import enums

from . import lexicon
from .dates_in_text import When
from .frames import Match, frames, leader_frames, meeting_frames
from .gazetteer import Place
from .persons import Mention, Person
from .ranks import rank_of
from .story import Story

THRESHOLD = 0.75
_LATER = ("visit-to", "while-in", "mission-to", "place-visit", "visit-title", "attended-forum")


@dataclass(slots=True)
class Vote:
    """One sentence's word for one visit; offsets are of the story's text."""

    sentence: int
    rule: str
    weight: float
    status: str
    host: str
    host_place: Place | None
    guest: Mention | None
    guest_country: str
    guest_place: Place | None
    start: int
    end: int
    company: tuple[Mention, ...] = ()


@dataclass(slots=True, eq=False)
class FoundVisit:
    """A visit that the votes speak for."""

    guest: str
    host: str
    head: Person | None = None
    votes: list[Vote] = field(default_factory=list)
    sentences: set[int] = field(default_factory=set)
    kind: enums.VisitKind = enums.VisitKind.UNKNOWN
    kind_span: tuple[int, int] | None = None
    status: enums.Status = enums.Status.UNKNOWN
    status_span: tuple[int, int] | None = None
    stay: When | None = None

    @property
    def weight(self) -> float:
        return sum(vote.weight for vote in self.votes)


def find(story: Story) -> list[FoundVisit]:
    """The visits of a story, the best supported first."""
    if _is_about_something_else(story):
        return []
    votes = [vote for index in range(len(story.lines)) for vote in _votes(story, index)]
    votes = [vote for vote in votes if not _is_denied(story, vote)]
    present = [vote for vote in votes if not _is_background(story, vote)]
    visits = [visit for visit in _grouped(story, present) if visit.weight >= THRESHOLD]
    if not visits:  # a story about the past alone
        past = [visit for visit in _grouped(story, votes) if visit.weight >= THRESHOLD]
        visits = [visit for visit in past if _opens(story, visit)]
    for visit in visits:
        if visit.head is None and _has_delegation(visit):
            visit.head = _leader(story, visit)
        by_author = any(vote.rule.startswith("author") for vote in visit.votes) and story.cast.speaker is None
        unnamed = any(vote.guest and vote.guest.person is None for vote in visit.votes)
        if visit.head is None and not by_author and not unnamed:
            visit.head = _likely_head(story, visit, visits)
    return [
        visit
        for visit in visits
        if visit.head or _has_delegation(visit) or _has_unnamed_official(visit) or _is_authors_own(story, visit)
    ]


def _has_delegation(visit: FoundVisit) -> bool:
    return any("delegation" in vote.rule or "mission" in vote.rule for vote in visit.votes)


def _leader(story: Story, visit: FoundVisit) -> Person | None:
    """ "The delegation is led by P": whoever the text says leads it, if they are not known for another country's."""
    for line in story.coded:
        for frame in leader_frames(story.language):
            for match in line.matches(frame):
                person = match.guest.mention.person if match.guest and match.guest.mention else None
                if person and person.country in ("", visit.guest):
                    return person
    return None


def _is_authors_own(story: Story, visit: FoundVisit) -> bool:
    """ "I will visit X", "the Minister held talks in X" in an office's own release that names nobody."""
    if visit.guest != story.home or not story.names.is_official(story.document.publisher):
        return False
    first_person = lexicon.words(story.language, "visits", "first_person")
    near = {number for index in visit.sentences for number in (index - 1, index) if number >= 0}
    unnamed = (
        mention.kind == "title" and mention.person is None and not mention.country
        for index in near
        for mention in story.lines[index].mentions
    )
    return any(first_person & set(_low_words(story, index)) for index in visit.sentences) or any(unnamed)


def _has_unnamed_official(visit: FoundVisit) -> bool:
    """ "the president of X will visit Y": an official, though without a name."""
    return any(vote.guest and vote.guest.post for vote in visit.votes)


def _is_about_something_else(story: Story) -> bool:
    """A call, a message of congratulation, an ambassador's briefing: its title or first line says so."""
    opening = f"{story.document.title} \n {story.low(0) if story.lines else ''}".casefold()
    return any(cue in opening for cue in lexicon.phrases(story.language, "visits", "negative_titles"))


def _votes(story: Story, index: int) -> list[Vote]:
    """The votes of one sentence: each place is claimed by the first frame that fits it."""
    line = story.coded[index]
    found: list[Vote] = []
    claimed: set[int] = set()
    for frame in frames(story.language):
        for match in line.matches(frame):
            votes = _visit_votes(story, index, match)
            places = {vote.host_place.first for vote in votes if vote.host_place}
            if places & claimed or (frame.name in _LATER and {v.host for v in votes} & {v.host for v in found}):
                continue
            claimed |= places
            found += votes
    if not any(vote.guest for vote in found):
        for frame in meeting_frames(story.language):
            for match in line.matches(frame):
                found += _meeting_votes(story, index, match)
    return found


def _opens(story: Story, visit: FoundVisit) -> bool:
    """Whether the headline or the first sentence of a story already tells of the visit."""
    first = 1 if story.lines[0].sentence.heading else 0
    return min(visit.sentences) <= first


def _is_background(story: Story, vote: Vote) -> bool:
    """Whether the sentence tells of another time than the story's own."""
    low = story.low(vote.sentence)
    return any(cue in low for cue in lexicon.phrases(story.language, "visits", "background"))


def _is_denied(story: Story, vote: Vote) -> bool:
    """Whether the sentence says that there is no such visit: it is not planned, it is only asked about."""
    low = story.low(vote.sentence)
    return any(cue in low for cue in lexicon.phrases(story.language, "visits", "denied"))


def _visit_votes(story: Story, index: int, match: Match) -> list[Vote]:
    if match.frame.guest_is == "author" and not (story.home and story.names.is_official(story.document.publisher)):
        return []
    guest, place = _guest(story, index, match)
    guest, company = _first_of_several(story, index, guest) if guest else (None, ())
    country = _country_of(story, guest) if guest else (place.code if place else "")
    if match.frame.guest_is == "known" and not country:
        return []
    votes = []
    for unit in match.hosts:
        if unit.place is None or unit.place.code == "" or (unit.place.code == country):
            continue
        votes.append(_vote(story, index, match, unit.place.code, unit.place, guest, country, place, company))
    unique = {vote.host: vote for vote in reversed(votes)}
    return [vote for vote in votes if unique[vote.host] is vote]


def _guest(story: Story, index: int, match: Match) -> tuple[Mention | None, Place | None]:
    if match.guest and match.guest.mention:
        return match.guest.mention, None
    if match.guest and match.guest.place:
        return None, match.guest.place
    if match.frame.guest_is == "subject" and story.cast.speaker and {"my", "i", "our"} & set(_low_words(story, index)):
        return story.cast.speaker.best_name, None
    if match.frame.guest_is == "subject" or match.frame.name in ("while-in", "visit-to"):
        return subject(story, index), None
    return None, None


def _first_of_several(story: Story, index: int, guest: Mention) -> tuple[Mention, tuple[Mention, ...]]:
    """ "A, B and C will visit X": A heads them, B and C travel along, unless they are of two countries."""
    tokens = story.lines[index].sentence.tokens
    joins = lexicon.words(story.language, "visits", "joins_people")
    named = [mention for mention in story.lines[index].mentions if mention.person and mention.name]
    if guest not in named or story.lines[index].sentence.heading:
        return guest, ()
    position = named.index(guest)
    first = position
    while first > 0 and named[first].first - named[first - 1].last <= 4:
        between = {token.low for token in tokens[named[first - 1].last : named[first].first]}
        if not between or between - joins or not between & {",", "and", "и"}:
            break
        first -= 1
    group = named[first : position + 1]
    last_link = {token.low for token in tokens[named[position - 1].last : guest.first]} if position else set()
    people = {mention.person for mention in group}
    countries = {_country_of(story, mention) for mention in group} - {""}
    if len(group) < 2 or len(people) < len(group) or len(countries) > 1 or not last_link & {"and", "и"}:
        return guest, ()
    return group[0], tuple(group[1:])


def _low_words(story: Story, index: int) -> list[str]:
    return [token.low for token in story.lines[index].sentence.tokens]


def subject(story: Story, index: int) -> Mention | None:
    """The first person that a sentence names, else the one that the sentences before it were about."""
    for number in range(index, max(-1, index - 3), -1):
        for mention in story.lines[number].mentions:
            if mention.person:
                return mention
    return None


def _meeting_votes(story: Story, index: int, match: Match) -> list[Vote]:
    """Somebody meets somebody abroad, or receives them at home."""
    guest = match.guest.mention if match.guest else None
    if guest is None or guest.person is None:
        return []
    country = _country_of(story, guest)
    if _is_resident(story, guest):
        return []
    receiver = match.hosts[0].mention if match.hosts and match.hosts[0].mention else None
    if receiver is not None:
        host = _country_of(story, receiver) or _place_in(story, index, country) or story.home
        if not host or not country or host == country:
            return []
        return [_vote(story, index, match, host, None, guest, country, None)]
    if not match.hosts or match.hosts[0].place is None or match.other is None or match.other.mention is None:
        return []
    place, other = match.hosts[0].place, match.other.mention
    other_country = _country_of(story, other)
    if place.code == country and other_country and other_country != country:
        return [_vote(story, index, match, place.code, place, other, other_country, None)]
    if place.code == country:
        return []
    return [_vote(story, index, match, place.code, place, guest, country, None)]


def _is_resident(story: Story, mention: Mention) -> bool:
    """An ambassador who is received lives there: no visit."""
    best = mention.person.best_post if mention.person else None
    if best is None or best.post is None:
        return False
    return rank_of(story.cast.printed(best, best.post), story.language) is enums.Rank.AMBASSADOR


def _place_in(story: Story, index: int, guest: str) -> str:
    """The one country that the sentence places things in, besides the guest's own."""
    named = {i for m in story.lines[index].mentions if m.name for i in range(*m.name)}  # a name may hold a city
    places = (p for p in story.lines[index].places if p.kind in ("name", "city") and p.first not in named)
    codes = {p.code for p in places if p.code and p.code != guest}
    return codes.pop() if len(codes) == 1 else ""


def _vote(
    story: Story,
    index: int,
    match: Match,
    host: str,
    place: Place | None,
    guest: Mention | None,
    country: str,
    guest_place: Place | None,
    company: tuple[Mention, ...] = (),
) -> Vote:
    tokens = story.lines[index].sentence.tokens
    units = story.coded[index].units
    return Vote(
        index, match.frame.name, match.frame.weight, match.frame.status, host, place, guest, country, guest_place,
        tokens[units[match.first].first].start, tokens[units[match.last - 1].last - 1].end, company,
    )  # fmt: skip


def _country_of(story: Story, mention: Mention) -> str:
    if mention.person and mention.person.country:
        return mention.person.country
    return mention.country


def _grouped(story: Story, votes: list[Vote]) -> list[FoundVisit]:
    """Votes with a known guest first; the rest join the visit of their host, or take the story's own guest."""
    visits: list[FoundVisit] = []
    home = story.home
    for vote in sorted(
        votes, key=lambda v: (v.guest is None or v.guest.person is None, not v.guest_country, v.sentence)
    ):
        person = vote.guest.person if vote.guest else None
        country = vote.guest_country or (home if person and home != vote.host else "")
        if country == vote.host:
            continue
        fitting = [v for v in visits if v.host == vote.host and (not country or v.guest == country)]
        same = next((v for v in fitting if person and v.head is person), None)
        if same is None and fitting and (person is None or fitting[0].head is None):
            same = fitting[0]
        if same is None:
            if person is None and visits and not country and vote.rule in _LATER:
                known = next((v for v in visits if v.head and v.host != vote.host), None)
                person, country = (known.head, known.guest) if known and known.guest != vote.host else (None, "")
            country = country or _likely_guest(story, {v.host for v in votes})
            if not country or country == vote.host:
                continue
            same = next(
                (
                    v
                    for v in visits
                    if v.host == vote.host and v.guest == country and (v.head is person or person is None)
                ),
                None,
            )
            if same is None:
                same = FoundVisit(country, vote.host)
                visits.append(same)
        if person and same.head is None:
            same.head = person
        same.votes.append(vote)
        same.sentences.add(vote.sentence)
    return sorted(visits, key=lambda visit: -visit.weight)


def _likely_guest(story: Story, hosts: set[str]) -> str:
    """The story's own country, else the one that it speaks of by far the most, besides the hosts."""
    if story.home and story.home not in hosts:
        return story.home
    counts = Counter(
        {code: n for code, n in story.country_counts.items() if code not in hosts and code not in ("EU", "UN")}
    )
    ranked = counts.most_common(2)
    if not ranked or ranked[0][1] < 3 or (len(ranked) > 1 and ranked[0][1] < 2 * ranked[1][1]):
        return ""
    return ranked[0][0]


def _is_met(story: Story, mention: Mention) -> bool:
    """Whether a word before a person says that somebody else met them."""
    before = story.lines[mention.sentence].sentence.tokens[max(mention.first - 2, 0) : mention.first]
    return bool({token.low for token in before} & lexicon.words(story.language, "visits", "met_by"))


def _likely_head(story: Story, visit: FoundVisit, visits: list[FoundVisit]) -> Person | None:
    """Who travelled, where no sentence says it outright: the official of the guest country in the visit's own
    sentences, else the head of the same guest's other visit, else the one whom the story names most."""

    def fits(person: Person | None) -> bool:
        if person is None or not (person.best_post or person is story.cast.speaker):
            return False
        return person.country == visit.guest or (not person.country and visit.guest == story.home)

    if fits(story.cast.speaker):
        return story.cast.speaker
    for index in sorted(visit.sentences):
        for mention in story.lines[index].mentions:
            if fits(mention.person) and not _is_met(story, mention):
                return mention.person
    others = {id(other.head): other.head for other in visits if other.head and other.guest == visit.guest}
    if len(others) == 1:
        return next(iter(others.values()))
    ranked = sorted((p for p in story.cast.persons if fits(p)), key=lambda p: -len(p.mentions))
    if not ranked or (len(ranked) > 1 and len(ranked[0].mentions) <= len(ranked[1].mentions)):
        return None
    return ranked[0] if len(ranked[0].mentions) > 1 else None

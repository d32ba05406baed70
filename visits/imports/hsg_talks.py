"""Whom a traveller met, where the remarks say it plainly: “Met with President Ann Lee and Foreign Minister Kim.”

Only from the first sentence, if it says nothing else; only persons with a post and a name that the grammar of titles
parts without a rest. A person without a word for the country is of the host, unless the remarks speak of a summit, a
conference, a ceremony or another place where those of third countries are met, or two have the same post; after
“Israeli Prime Minister ...” nobody is taken to be of the host any more. The rest stays in the summary.
"""

import re
from dataclasses import dataclass

from visits.enums import MeetingFormat, Rank, Status
from visits.record import Meeting, OfficialRef, Participant, Place, PostRef, Side

from . import country_labels
from .titles import ParsedPerson, parse_visitors, rank_of

_MET = re.compile(r"Met with (?P<who>(?:[A-Z][a-z]?\.(?= ?[A-Z])|[^.;])+)[.;](?= |$)")
_BETWEEN_MANY = re.compile(
    r"summit|conference|meetings? of|ministerial|funeral|inaugurat|ceremon|assembly|commemorat|anniversary|coronation|"
    r"G-?[78]|G-?20|NATO|APEC|ASEAN|United Nations|\bUN\b|leaders|other|former|visiting|exile|delegation",
    re.IGNORECASE,
)
_WORD = r"[A-ZÀ-ÖØ-ÞŠŽČĆ][\w’'ʻ‘-]*"
_NO_RANKS = {Rank.OTHER, Rank.SENIOR_OFFICIAL, Rank.BUSINESS}
_NAME = re.compile(
    rf"{_WORD}(?: (?:{_WORD}\.?|[A-Z]\.|al-\w+|bin|bint|ibn|von|van|der|de|da|do|dos|del|la|le|den|d’\w+))*"
)
_NO_NAME = re.compile(r"\b(?:Minister|President|Secretary|Officials?|Leaders?|King|Queen|Prince|General|Ministers?)\b")


@dataclass(frozen=True, slots=True)
class Talk:
    """The words that say so, and who was met: persons with the country they are of."""

    words: str
    persons: tuple[tuple[ParsedPerson, str], ...]


def talk_of(remarks: str, host: str) -> Talk | None:
    """The talk that the first sentence of the remarks tells of, or None."""
    match = _MET.match(remarks)
    if not match or len(match["who"]) > 300:
        return None
    at_home = not _BETWEEN_MANY.search(remarks) and country_labels.is_state(host)
    persons: list[tuple[ParsedPerson, str]] = []
    for printed in re.split(r", and |, | and ", match["who"]):
        country, text = _without_demonym(printed.removeprefix("with ").removeprefix("the "))
        if country and country != host:
            at_home = False
        if not country and not at_home:
            continue
        person = _plain(text)
        if person and _serves_a_state(person.post, country or host):
            persons.append((person, country or host))
    posts = [(person.post, country) for person, country in persons]
    persons = [pair for pair in persons if posts.count((pair[0].post, pair[1])) == 1]
    return Talk(match.group(), tuple(persons)) if persons else None


def meeting_of(
    talk: Talk, traveller: Participant, days: tuple[str, str], host: str | None, places: list[Place]
) -> Meeting:
    """The meeting of a traveller with these persons, as precisely dated as the leg: one day, else month or year."""
    start, end = days
    date = next((start[:length] for length in (10, 7, 4) if start[:length] == end[:length]), "")
    met = [
        Participant(
            as_printed=person.as_printed,
            name_as_printed=person.name_as_printed,
            post_as_printed=person.post_as_printed,
            official=OfficialRef(name=person.name, country=country),
            post=PostRef(title=person.post, rank=rank_of(person.post, country), country=country),
            side=Side(country=country),
        )
        for person, country in talk.persons
    ]
    return Meeting(
        date=date,
        format=MeetingFormat.IN_PERSON,
        status=Status.COMPLETED,
        venue_country=host,
        place=places[0] if len(places) == 1 else None,
        participants=[traveller, *met],
    )


def _plain(text: str) -> ParsedPerson | None:
    """The one person of a text that is a post and a name and nothing else."""
    persons = parse_visitors(text)
    if len(persons) != 1:
        return None
    person = persons[0]
    plain = person.post and _NAME.fullmatch(person.name) and not _NO_NAME.search(person.name)
    return person if plain else None


def _serves_a_state(post: str, country: str) -> bool:
    """Not the High Representative of a union, a chairman of who knows what, or a candidate."""
    if re.match(r"(?:EU|NATO|UN|AU)\b", post):
        return False
    return rank_of(post, country) not in _NO_RANKS or post.endswith(("-elect", "-designate"))


def _without_demonym(text: str) -> tuple[str, str]:
    """“Israeli Prime Minister Lee” -> (IL, “Prime Minister Lee”); ("", text) where no people of one country stands."""
    for count in (2, 1):
        words = text.split(" ")
        country = country_labels.codes_by_demonym().get(" ".join(words[:count]))
        if country and len(words) > count:
            return country, " ".join(words[count:])
    return "", text

"""What the tests of the article reader share: read a text of our own and look at the record."""

from visits.imports.article import Document, Extraction, RulesExtractor
from visits.record import Citation, Member, Participant, VisitData


def read(text: str, *, published: str = "", publisher: str = "", title: str = "") -> Extraction:
    return RulesExtractor().extract(Document(text, title, None, published, publisher))


def only_visit(text: str, *, published: str = "", publisher: str = "", title: str = "") -> VisitData:
    extraction = read(text, published=published, publisher=publisher, title=title)
    assert len(extraction.visits) == 1, [(v.guest, v.host) for v in extraction.visits]
    return extraction.visits[0]


def route(visit: VisitData) -> tuple[str | None, str | None]:
    return visit.guest.country, visit.host.country


def routes(extraction: Extraction) -> list[tuple[str | None, str | None]]:
    return [route(visit) for visit in extraction.visits]


def head(visit: VisitData) -> Member:
    return next(member for member in visit.delegations[0].members if member.head)


def counterparts(visit: VisitData) -> list[Participant]:
    return [person for meeting in visit.meetings for person in meeting.participants]


def names_and_posts(people: list[Participant]) -> list[tuple[str, str]]:
    return [(person.name_as_printed, person.post_as_printed) for person in people]


def cited(visit: VisitData, target: str, field: str) -> Citation:
    return next(c for c in visit.citations if c.target == target and c.field == field)

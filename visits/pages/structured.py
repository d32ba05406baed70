"""What search engines and other programs read of a page: JSON-LD in the words of https://schema.org.

Only what the page shows, from rows that it has loaded anyway. Dates that are no ISO 8601 dates (without a year,
a decade) are left out.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest

from visits import citing, dates, enums
from visits.models import (
    Country,
    Dialogue,
    Meeting,
    Member,
    Official,
    Organization,
    Outcome,
    Participant,
    Post,
    Source,
    Topic,
    Visit,
)

from .encounters import Attendance, person_name

Data = dict[str, Any]

_STATUS = {
    enums.Status.POSTPONED: "https://schema.org/EventPostponed",
    enums.Status.CANCELLED: "https://schema.org/EventCancelled",
}
_BODIES = {
    enums.OrganizationKind.MINISTRY: "GovernmentOrganization",
    enums.OrganizationKind.PARLIAMENT: "GovernmentOrganization",
    enums.OrganizationKind.COMPANY: "Corporation",
}
_MODE = {
    enums.MeetingFormat.IN_PERSON: "https://schema.org/OfflineEventAttendanceMode",
    enums.MeetingFormat.VIDEO: "https://schema.org/OnlineEventAttendanceMode",
    enums.MeetingFormat.PHONE: "https://schema.org/OnlineEventAttendanceMode",
}


class Describer:
    """Records as schema.org says them, with the absolute addresses of this site."""

    def __init__(self, request: HttpRequest) -> None:
        self.site = request.build_absolute_uri("/").rstrip("/")

    def address(self, path: str) -> str:
        return path if path.startswith("http") else self.site + path

    def visit(self, visit: Visit, title: str, meetings: Iterable[tuple[Meeting, str]]) -> Data:
        people = [person for delegation in visit.delegations.all() for person in delegation.members.all()]
        return self._record(
            visit,
            "Event",
            name=title,
            description=visit.summary,
            startDate=iso(visit.start),
            endDate=iso(visit.end or visit.start),
            eventStatus=_STATUS.get(enums.Status(visit.status), "https://schema.org/EventScheduled"),
            location=[*(self._place(str(one), visit.host_country) for one in visit.places.all())]
            or self.side(visit.host_country),
            organizer=self.side(visit.host_organization or visit.host_country),
            attendee=[self.side(visit.guest), *map(self.person, people)],
            about=self._topics(visit),
            subEvent=[self._record(one, "Event", name=heading, startDate=iso(one.date)) for one, heading in meetings],
        )

    def meeting(self, meeting: Meeting, title: str, attendance: Iterable[Attendance]) -> Data:
        place = meeting.city.name if meeting.city else meeting.place_as_printed
        attendee: list[Data] = []
        for group in attendance:
            attendee += [self.side(group.side), *map(self.person, group.people)]
        return self._record(
            meeting,
            "Event",
            name=title,
            description=meeting.summary,
            startDate=iso(meeting.date),
            endDate=iso(meeting.date),
            eventStatus=_STATUS.get(enums.Status(meeting.status), "https://schema.org/EventScheduled"),
            eventAttendanceMode=_MODE.get(enums.MeetingFormat(meeting.format)),
            location=self._place(place, meeting.venue_country),
            attendee=attendee,
            about=self._topics(meeting),
        )

    def official(self, official: Official, names: Iterable[str], posts: Iterable[Post]) -> Data:
        wikidata = official.wikidata
        return self._record(
            official,
            "Person",
            name=official.name,
            alternateName=list(dict.fromkeys(names)),
            jobTitle=list(dict.fromkeys(post.title for post in posts)),
            sameAs=f"https://www.wikidata.org/entity/{wikidata}" if wikidata else None,
        )

    def organization(self, organization: Organization, names: Iterable[str] = ()) -> Data:
        kind = _BODIES.get(enums.OrganizationKind(organization.kind), "Organization")
        return self._record(organization, kind, name=organization.name, alternateName=list(dict.fromkeys(names)))

    def post(self, post: Post) -> Data:
        place = self.side(post.country) if post.country else None
        return self._record(post, "Occupation", name=post.title, occupationLocation=place)

    def country(self, country: Country, names: Iterable[str] = ()) -> Data:
        return self._record(
            country, "Country", name=country.name, alternateName=list(dict.fromkeys(names)), identifier=country.code
        )

    def topic(self, topic: Topic, names: Iterable[str]) -> Data:
        terms = {"@type": "DefinedTermSet", "url": self.address("/topics/")}
        return self._record(
            topic, "DefinedTerm", name=topic.name, alternateName=list(dict.fromkeys(names)), inDefinedTermSet=terms
        )

    def dialogue(self, dialogue: Dialogue, names: Iterable[str], members: Iterable[Country | Organization]) -> Data:
        return self._record(
            dialogue,
            "EventSeries",
            name=dialogue.name,
            alternateName=list(dict.fromkeys(names)),
            startDate=iso(dialogue.since),
            sameAs=dialogue.url,
            organizer=[self.side(one) for one in members],
        )

    def outcome(self, outcome: Outcome, topics: Iterable[Topic]) -> Data:
        return self._record(
            outcome,
            "CreativeWork",
            name=outcome.title,
            genre=str(enums.OutcomeKind(outcome.kind).label),
            creativeWorkStatus=str(enums.OutcomeLife(outcome.life).label),
            about=[{"@type": "DefinedTerm", "name": one.name} for one in topics],
        )

    def source(self, source: Source) -> Data:
        return self._record(
            source,
            "Dataset" if source.kind == enums.SourceKind.DATASET else "CreativeWork",
            name=str(source),
            publisher={"@type": "Organization", "name": source.publisher} if source.publisher else None,
            datePublished=iso(source.published),
            inLanguage=source.language,
            sameAs=source.url,
        )

    def listing(self, reference: citing.Reference, files: Iterable[Mapping[str, Any]]) -> Data:
        distribution = [
            {"@type": "DataDownload", "encodingFormat": file["type"], "contentUrl": self.address(file["address"])}
            for file in files
        ]
        return _filled(
            {
                "@context": "https://schema.org",
                "@type": "Dataset",
                "name": reference.title,
                "url": reference.url,
                "dateModified": reference.changed.isoformat(),
                "publisher": {"@type": "Organization", "name": str(citing.SITE), "url": self.address("/")},
                "distribution": distribution,
            }
        )

    def side(self, side: Country | Organization) -> Data:
        kind = "Country" if isinstance(side, Country) else _BODIES.get(enums.OrganizationKind(side.kind))
        address = self.address(side.get_absolute_url())
        return {"@type": kind or "Organization", "@id": address, "url": address, "name": side.name}

    def person(self, person: Member | Participant) -> Data:
        official = person.official
        address = self.address(official.get_absolute_url()) if official else None
        title = person.post.title if person.post else person.post_as_printed
        return _filled({"@type": "Person", "@id": address, "name": person_name(person), "jobTitle": title})

    def _record(self, record: Any, kind: str, **values: Any) -> Data:
        address = self.address(record.get_absolute_url())
        identifier = f"urn:uuid:{record.uid}" if hasattr(record, "uid") else None
        changed = getattr(record, "changed_at", None)
        known = {
            "@context": "https://schema.org",
            "@type": kind,
            "@id": address,
            "url": address,
            "identifier": identifier,
            "dateModified": changed.date().isoformat() if changed and kind in _WORKS else None,
        }
        return _filled(known | values)

    def _place(self, name: str, country: Country | None) -> Data | None:
        if not name:
            return self.side(country) if country else None
        address = {"@type": "PostalAddress", "addressCountry": country.code} if country else None
        return _filled({"@type": "Place", "name": name, "address": address})

    def _topics(self, record: Visit | Meeting) -> list[Data]:
        return [
            {"@type": "DefinedTerm", "name": link.topic.name if link.topic else link.as_printed}
            for link in record.topic_links.all()
        ]


_WORKS = ("CreativeWork", "Dataset")


def iso(text: str) -> str | None:
    """An EDTF date as ISO 8601; None where that has no such date."""
    if not text:
        return None
    parsed = dates.parse(text)
    if "X" in parsed.year or parsed.qualifier:
        return None
    return str(parsed)


def _filled(data: Data) -> Data:
    """Without what is not known."""
    return {name: value for name, value in data.items() if value not in (None, "", [], {})}

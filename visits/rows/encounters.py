"""Visits, meetings and delegations as the public reads them."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, OuterRef, TextField, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from visits import catalogue, enums, native
from visits.models import (
    Corroboration,
    Delegation,
    DialogueLink,
    ExternalId,
    Meeting,
    MeetingVisit,
    Member,
    Participant,
    TopicLink,
    VisitPlace,
)
from visits.models.events import title_of_meeting, who_met

from .facts import MEETING, MEETING_NESTED, VISIT, VISIT_NESTED, evidenced
from .parts import (
    CHANGED,
    PERSON,
    UID,
    Part,
    Row,
    Shape,
    column,
    counted,
    country,
    day,
    gathered,
    grouped,
    mine,
    organization,
    person,
    person_columns,
    person_of,
    record_url,
    side,
    side_part,
    url,
)

PUBLISHED = enums.State.PUBLISHED

# what visits and meetings share


def external_ids(owner: str) -> Part:
    ids = ExternalId.objects.filter(mine(owner)).order_by("dataset__slug", "value")
    joined = Concat("dataset__slug", Value(":"), "value", output_field=TextField())
    return Part(
        "external_ids",
        extra={"x_external_ids": ArraySubquery(ids.values(external_id=joined))},
        build=lambda row, known: row["x_external_ids"],
    )


def _topic(found: Row, known: catalogue.Catalogue) -> Row:
    topic = known.topics.get(found["topic"]) if found["topic"] else None
    return {
        "slug": topic.slug if topic else None,
        "name": topic.name if topic else found["as_printed"],
        "as_printed": found["as_printed"],
        "modality": found["modality"],
        "url": url(f"topics/{topic.slug}/") if topic else None,
    }


def topics(owner: str) -> Part:
    links = TopicLink.objects.filter(mine(owner)).order_by("position", "pk")
    found = gathered(links, topic=F("topic_id"), as_printed=F("as_printed"), modality=F("modality"))
    return Part(
        "topics",
        extra={"x_topic_links": found},
        build=lambda row, known: [_topic(link, known) for link in row["x_topic_links"]],
    )


def _dialogue(found: Row, known: catalogue.Catalogue) -> Row:
    dialogue = known.dialogues.get(found["dialogue"]) if found["dialogue"] else None
    return {
        "slug": dialogue.slug if dialogue else None,
        "name": dialogue.name if dialogue else found["as_printed"],
        "as_printed": found["as_printed"],
        "role": found["role"],
        "url": url(f"dialogues/{dialogue.slug}/") if dialogue else None,
    }


def dialogues(owner: str) -> Part:
    links = DialogueLink.objects.filter(mine(owner)).order_by("position", "pk")
    found = gathered(links, dialogue=F("dialogue_id"), as_printed=F("as_printed"), role=F("role"))
    return Part(
        "dialogues",
        extra={"x_dialogue_links": found},
        build=lambda row, known: [_dialogue(link, known) for link in row["x_dialogue_links"]],
    )


def length(name: str, alias: str, nested: dict[str, Any]) -> Part:
    """How many there are, of what the evidence counts anyway."""
    return Part(name, extra={alias: nested[alias]}, build=lambda row, known: len(row[alias]))


def title_of_visit(row: Row, known: catalogue.Catalogue, prefix: str = "") -> str:
    """The title, or one made from guest and host: as `str(visit)` gives it."""
    if row[f"{prefix}title"] or native.is_own():
        return own_title(row, known, prefix)
    code = row[f"{prefix}guest_country_id"]
    guest = known.countries[code].name if code else row[f"{prefix}guest_organization__name"]
    return _("%(guest)s to %(host)s") % {"guest": guest, "host": known.countries[row[f"{prefix}host_country_id"]].name}


def own_title(row: Row, known: catalogue.Catalogue, prefix: str = "") -> str:
    """The title that the address has: the same whoever reads it."""
    if title := row[f"{prefix}title"]:
        return str(title)
    code = row[f"{prefix}guest_country_id"]
    guest = known.countries[code].own if code else row[f"{prefix}guest_organization__name"]
    return f"{guest} to {known.countries[row[f'{prefix}host_country_id']].own}"


TITLE_COLUMNS = ("title", "guest_country_id", "guest_organization__name", "host_country_id")


def visit_reference(row: Row, known: catalogue.Catalogue, prefix: str = "") -> Row:
    title = title_of_visit(row, known, prefix)
    pk = row[f"{prefix}pk"]
    return {"id": pk, "title": title, "url": record_url("visits", pk, own_title(row, known, prefix))}


def meeting_title(row: Row, prefix: str = "") -> str:
    return title_of_meeting(row[f"{prefix}title"] or "", row[f"x_{prefix}who"], row[f"{prefix}pk"])


def _meeting_url(row: Row, prefix: str = "") -> str:
    return record_url("meetings", row[f"{prefix}pk"], row[f"{prefix}title"] or "meeting")


def meeting_reference(row: Row, prefix: str = "") -> Row:
    return {"id": row[f"{prefix}pk"], "title": meeting_title(row, prefix), "url": _meeting_url(row, prefix)}


# delegations


def _head(found: list[Row]) -> Row | None:
    return person(found[0]) if found else None


_HEADS = gathered(Member.objects.filter(mine("delegation"), head=True).order_by(), **PERSON)
_MEMBERS = counted(Member.objects.filter(mine("delegation")))

DELEGATION = (
    column("id", "pk"),
    UID,
    side_part("sender"),
    Part("head", extra={"x_head": _HEADS}, build=lambda row, known: _head(row["x_head"])),
    Part("members", extra={"x_members": _MEMBERS}, build=lambda row, known: row["x_members"]),
)


def _visit_of(row: Row, known: catalogue.Catalogue) -> Row | None:
    return visit_reference(row, known, "visit__") if row["visit__pk"] else None


def _meeting_of(row: Row, known: catalogue.Catalogue) -> Row | None:
    return meeting_reference(row, "meeting__") if row["meeting__pk"] else None


VISIT_OF = Part("visit", tuple(f"visit__{name}" for name in ("pk", *TITLE_COLUMNS)), build=_visit_of)
MEETING_OF = Part(
    "meeting", ("meeting__pk", "meeting__title"), {"x_meeting__who": who_met("meeting")}, build=_meeting_of
)


def members_by_delegation(ids: list[Any], known: catalogue.Catalogue) -> dict[Any, list[Row]]:
    rows = Member.objects.filter(delegation__in=ids).order_by("-head", "position", "pk")
    found: Iterable[Any] = rows.values("head", owner=F("delegation_id"), **person_columns("p_"))
    members = [{"owner": row["owner"], **person(person_of(row, "p_")), "head": row["head"]} for row in found]
    return grouped(members, "owner", ids)


DELEGATIONS = Shape((*DELEGATION, VISIT_OF, MEETING_OF), {"members": members_by_delegation})


_OWNED_DELEGATIONS = {
    owner: Shape((*DELEGATION, Part("owner", (f"{owner}_id",))), {"members": members_by_delegation})
    for owner in ("visit", "meeting")
}


def delegations_of(owner: str, ids: list[Any], known: catalogue.Catalogue) -> dict[Any, list[Row]]:
    """Delegations with their members, by the id of their visit or meeting."""
    queryset = Delegation.objects.filter(**{f"{owner}__in": ids}).order_by("position", "pk")
    return grouped(_OWNED_DELEGATIONS[owner].read(queryset, expand=["members"], known=known), "owner", ids)


# visits

_DELEGATIONS = gathered(
    Delegation.objects.filter(mine("visit")).order_by("position", "pk"),
    id=F("pk"),
    uid=F("uid"),
    country=F("sender_country_id"),
    organization=F("sender_organization_id"),
    name=F("sender_organization__name"),
    slug=F("sender_organization__slug"),
    printed=F("sender_as_printed"),
    members=_MEMBERS,
    head=_HEADS,
)


def _delegation(found: Row, known: catalogue.Catalogue) -> Row:
    sender = organization(found["organization"], found["slug"], found["name"])
    return {
        "id": found["id"],
        "uid": found["uid"],
        "sender": side(found["country"], sender, found["printed"], known),
        "head": _head(found["head"]),
        "members": found["members"],
    }


_PLACES = gathered(
    VisitPlace.objects.filter(mine("visit")).order_by("position", "pk"),
    city=F("city__name"),
    country=F("city__country_id"),
    as_printed=F("as_printed"),
)


def _visit_url(row: Row, known: catalogue.Catalogue) -> str:
    return record_url("visits", row["pk"], own_title(row, known))


def _trip(row: Row, known: catalogue.Catalogue) -> Row | None:
    if row["trip_id"] is None:
        return None
    return {"id": row["trip_id"], "title": row["trip__title"], "position": row["trip_position"]}


_CORROBORATION = gathered(
    Corroboration.objects.filter(visit=OuterRef("pk")).order_by(), origins=F("origins"), sides=F("sides")
)


def _corroboration(row: Row) -> Row:
    """On how many independent origins it rests, and for whom these speak; without a count of its own, one."""
    found = next(iter(row["x_corroboration"]), {"origins": 1, "sides": ""})
    return {"origins": found["origins"], "sides": found["sides"] or None}


_ACCOMPANIES = Case(When(accompanies__state=PUBLISHED, then=F("accompanies_id")), default=None)

VISIT_PARTS = (
    column("id", "pk"),
    UID,
    Part("url", TITLE_COLUMNS, build=_visit_url),
    external_ids("visit"),
    Part("title", TITLE_COLUMNS, build=title_of_visit),
    column("start"),
    column("end"),
    day("earliest"),
    day("latest"),
    column("kind"),
    column("kind_as_printed"),
    column("status"),
    side_part("host"),
    side_part("guest"),
    Part(
        "delegations",
        extra={"x_delegations": _DELEGATIONS},
        build=lambda row, known: [_delegation(one, known) for one in row["x_delegations"]],
    ),
    Part("places", extra={"x_places": _PLACES}, build=lambda row, known: row["x_places"]),
    topics("visit"),
    dialogues("visit"),
    length("meetings", "x_meetings", VISIT_NESTED),
    length("outcomes", "x_outcomes", VISIT_NESTED),
    column("summary"),
    Part("trip", ("trip_id", "trip__title", "trip_position"), build=_trip),
    Part("accompanies", extra={"x_accompanies": _ACCOMPANIES}, build=lambda row, known: row["x_accompanies"]),
    evidenced("visit", VISIT, VISIT_NESTED),
    Part("corroboration", extra={"x_corroboration": _CORROBORATION}, build=lambda row, known: _corroboration(row)),
    CHANGED,
)


def meetings_by_visit(ids: list[Any], known: catalogue.Catalogue) -> dict[Any, list[Row]]:
    pairs = list(
        MeetingVisit.objects.filter(visit__in=ids, meeting__state=PUBLISHED)
        .order_by("position", "pk")
        .values_list("visit_id", "meeting_id")
    )
    queryset = Meeting.objects.filter(pk__in={meeting for _, meeting in pairs})
    meetings = {row["id"]: row for row in _WITH_PARTICIPANTS.read(queryset, expand=["participants"], known=known)}
    found: dict[Any, list[Row]] = {pk: [] for pk in ids}
    for visit, meeting in pairs:
        found[visit].append(meetings[meeting])
    return found


# meetings


def participants_by_meeting(ids: list[Any], known: catalogue.Catalogue) -> dict[Any, list[Row]]:
    """Participants; who is linked to a member and has no name of its own takes that member's."""
    found: Iterable[Any] = (
        Participant.objects.filter(meeting__in=ids)
        .order_by("position", "pk")
        .values(
            "side_country_id",
            "side_organization_id",
            "side_organization__name",
            "side_organization__slug",
            "side_as_printed",
            owner=F("meeting_id"),
            **person_columns("p_"),
            **person_columns("m_", "member__"),
        )
    )
    return grouped([_participant(row, known) for row in found], "owner", ids)


def _participant(row: Row, known: catalogue.Catalogue) -> Row:
    linked = person_of(row, "m_")
    own = {name: value or linked[name] for name, value in person_of(row, "p_").items()}
    sent_by = organization(row["side_organization_id"], row["side_organization__slug"], row["side_organization__name"])
    its_side = side(row["side_country_id"], sent_by, row["side_as_printed"], known)
    return {"owner": row["owner"], **person(own), "side": its_side}


def visits_by_meeting(ids: list[Any], known: catalogue.Catalogue) -> dict[Any, list[Row]]:
    links = MeetingVisit.objects.filter(meeting__in=ids, visit__state=PUBLISHED).order_by("position", "pk")
    found = links.values("meeting_id", *(f"visit__{name}" for name in ("pk", *TITLE_COLUMNS)))
    rows = [{"owner": row["meeting_id"], **visit_reference(row, known, "visit__")} for row in found]
    return grouped(rows, "owner", ids)


_ITS_VISITS = counted(MeetingVisit.objects.filter(mine("meeting"), visit__state=PUBLISHED))
_ITS_DELEGATIONS = counted(Delegation.objects.filter(mine("meeting")))


def _place(row: Row, known: catalogue.Catalogue) -> Row | None:
    if not (row["city_id"] or row["place_as_printed"]):
        return None
    return {
        "city": row["city__name"],
        "country": row["city__country_id"],
        "as_printed": row["place_as_printed"],
    }


MEETING_PARTS = (
    column("id", "pk"),
    UID,
    Part("url", ("title",), build=lambda row, known: _meeting_url(row)),
    external_ids("meeting"),
    Part("title", ("title",), {"x_who": who_met()}, build=lambda row, known: meeting_title(row)),
    column("date"),
    day("earliest"),
    day("latest"),
    column("format"),
    column("status"),
    Part("venue", ("venue_country_id",), build=lambda row, known: country(row["venue_country_id"], known)),
    Part("place", ("city_id", "city__name", "city__country_id", "place_as_printed"), build=_place),
    Part("visits", extra={"x_visits": _ITS_VISITS}, build=lambda row, known: row["x_visits"]),
    length("participants", "x_participants", MEETING_NESTED),
    Part("delegations", extra={"x_delegations": _ITS_DELEGATIONS}, build=lambda row, known: row["x_delegations"]),
    topics("meeting"),
    dialogues("meeting"),
    length("outcomes", "x_outcomes", MEETING_NESTED),
    column("summary"),
    evidenced("meeting", MEETING, MEETING_NESTED),
    CHANGED,
)

_SEEN = 12  # sides of a kind that a table looks at


def _sides(queryset: Any, column: str) -> Any:
    organization_ = f"{column}_organization"
    return gathered(
        queryset.filter(mine("meeting")).order_by("position", "pk")[:_SEEN],
        country=F(f"{column}_country_id"),
        organization=F(organization_),
        slug=F(f"{organization_}__slug"),
        name=F(f"{organization_}__name"),
    )


def _side_names(row: Row, known: catalogue.Catalogue) -> list[str]:
    """Each once, in the order of the record."""
    found = {}
    for one in (*row["x_their_sides"], *row["x_senders"]):
        sent_by = organization(one["organization"], one["slug"], one["name"])
        found[side(one["country"], sent_by, "", known)["name"]] = True
    return list(found)


# A table says who met whom.
MEETING_TABLE = Shape(
    (
        *MEETING_PARTS,
        Part(
            "sides",
            extra={
                "x_their_sides": _sides(Participant.objects, "side"),
                "x_senders": _sides(Delegation.objects, "sender"),
            },
            build=_side_names,
        ),
    )
)
_WITH_PARTICIPANTS = Shape(MEETING_PARTS, {"participants": participants_by_meeting})

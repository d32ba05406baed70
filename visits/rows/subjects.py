"""Topics, dialogues and outcomes as the public reads them."""

from typing import Any

from django.db.models import F
from django.utils import timezone

from visits import catalogue, enums, native
from visits.models import Country, DialogueName, Organization, Outcome, Topic, TopicName
from visits.models.events import who_met

from .encounters import MEETING_OF, PUBLISHED, TITLE_COLUMNS, VISIT_OF, meeting_reference, visit_reference
from .parts import (
    CHANGED,
    UID,
    Part,
    Row,
    Shape,
    column,
    country,
    day,
    gathered,
    grouped,
    mine,
    native_name,
    organization,
    url,
)
from .people import names_of


def _topic(slug: str, own: str) -> Row:
    return {"slug": slug, "name": native.name("topic", slug, own), "url": url(f"topics/{slug}/")}


def _parent(row: Row, known: catalogue.Catalogue) -> Row | None:
    topic = known.topics.get(row["parent_id"])
    return _topic(topic.slug, topic.own) if topic else None


_NARROWER = gathered(Topic.objects.filter(mine("parent")).order_by("slug"), slug=F("slug"), name=F("name"))
TOPICS = Shape(
    (
        column("id", "pk"),
        UID,
        column("slug"),
        Part("url", ("slug",), build=lambda row, known: url(f"topics/{row['slug']}/")),
        native_name("topic"),
        names_of(TopicName, "topic"),
        Part("parent", ("parent_id",), build=_parent),
        Part(
            "narrower",
            extra={"x_narrower": _NARROWER},
            build=lambda row, known: [_topic(one["slug"], one["name"]) for one in row["x_narrower"]],
        ),
        CHANGED,
    )
)

_COUNTRIES = gathered(Country.objects.filter(mine("dialogues")).order_by("name", "code"), code=F("code"))
_ORGANIZATIONS = gathered(
    Organization.objects.filter(mine("dialogues")).order_by("name", "pk"), pk=F("pk"), slug=F("slug"), name=F("name")
)
DIALOGUES = Shape(
    (
        column("id", "pk"),
        UID,
        column("slug"),
        Part("url", ("slug",), build=lambda row, known: url(f"dialogues/{row['slug']}/")),
        native_name("dialogue"),
        names_of(DialogueName, "dialogue"),
        column("since"),
        column("website", "url"),
        Part(
            "countries",
            extra={"x_countries": _COUNTRIES},
            build=lambda row, known: [country(one["code"], known) for one in row["x_countries"]],
        ),
        Part(
            "organizations",
            extra={"x_organizations": _ORGANIZATIONS},
            build=lambda row, known: [
                organization(one["pk"], one["slug"], one["name"]) for one in row["x_organizations"]
            ],
        ),
        CHANGED,
    )
)


# outcomes


def _overdue(row: Row, known: catalogue.Catalogue) -> bool:
    due = row["due_latest"]
    return row["life"] == enums.OutcomeLife.OPEN and due is not None and due < timezone.now().date()


def _dialogue(row: Row, known: catalogue.Catalogue) -> Row | None:
    dialogue = known.dialogues.get(row["dialogue_id"])
    if not dialogue:
        return None
    return {"slug": dialogue.slug, "name": dialogue.name, "url": url(f"dialogues/{dialogue.slug}/")}


def _fulfilled_by(row: Row, known: catalogue.Catalogue) -> Row | None:
    """The record that fulfilled it, where that is public."""
    if row["fulfilled_by_visit__state"] == PUBLISHED:
        return {"type": "visit", **visit_reference(row, known, "fulfilled_by_visit__")}
    if row["fulfilled_by_meeting__state"] == PUBLISHED:
        return {"type": "meeting", **meeting_reference(row, "fulfilled_by_meeting__")}
    return None


_FULFILLED_BY = (
    *(f"fulfilled_by_visit__{name}" for name in ("pk", "state", *TITLE_COLUMNS)),
    *(f"fulfilled_by_meeting__{name}" for name in ("pk", "state", "title")),
)
_TOPICS = gathered(Topic.objects.filter(mine("outcomes")).order_by("slug"), slug=F("slug"), name=F("name"))
OUTCOME = (
    column("id", "pk"),
    UID,
    Part("url", build=lambda row, known: url(f"outcomes/{row['pk']}/")),
    column("title"),
    column("kind"),
    column("modality"),
    Part(
        "date", ("visit__start", "meeting__date"), build=lambda row, known: row["visit__start"] or row["meeting__date"]
    ),
    column("due"),
    day("due_latest"),
    column("life"),
    Part("overdue", ("life", "due_latest"), build=_overdue),
    VISIT_OF,
    MEETING_OF,
    Part(
        "fulfilled_by", _FULFILLED_BY, {"x_fulfilled_by_meeting__who": who_met("fulfilled_by_meeting")}, _fulfilled_by
    ),
    Part("dialogue", ("dialogue_id",), build=_dialogue),
    Part(
        "topics",
        extra={"x_topics": _TOPICS},
        build=lambda row, known: [_topic(one["slug"], one["name"]) for one in row["x_topics"]],
    ),
    CHANGED,
)
OUTCOMES = Shape(OUTCOME)


def outcomes_by(owner: str) -> Any:
    """An expansion: the outcomes of these visits or meetings."""

    shape = Shape((*OUTCOME, Part("owner", (f"{owner}_id",))))

    def fetch(ids: list[Any], known: catalogue.Catalogue) -> dict[Any, list[Row]]:
        queryset = Outcome.objects.filter(**{f"{owner}__in": ids}).order_by("position", "pk")
        return grouped(shape.read(queryset, known=known), "owner", ids)

    return fetch

"""Pages of one topic, one outcome, one dialogue."""

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from visits import enums, merged, rows
from visits.models import Dialogue, DialogueLink, Meeting, Outcome, Topic, TopicLink, Visit

from . import encounters
from .evidence import evidence_of
from .permanent import moved, record_page

SHOWN = 25


def topic_tree() -> dict[int | None, list[Topic]]:
    """All topics by their parent's id."""
    children: dict[int | None, list[Topic]] = {}
    for topic in Topic.objects.all():
        children.setdefault(topic.parent_id, []).append(topic)
    return children


def under(tree: dict[int | None, list[Topic]], topic: Topic) -> list[Topic]:
    """The topic and all narrower ones."""
    return [topic, *(one for child in tree.get(topic.pk, ()) for one in under(tree, child))]


@require_safe
def topic_page(request: HttpRequest, slug: str) -> HttpResponse:
    topic = Topic.objects.select_related("parent__parent").filter(slug=slug).first()
    if topic is None:
        heir = get_object_or_404(Topic, pk=merged.by_slug(Topic, [slug]).get(slug))
        return moved(request, heir.get_absolute_url())
    tree = topic_tree()
    links = TopicLink.objects.filter(topic__in=under(tree, topic))
    context = {
        "section": "topics",
        "topic": topic,
        "names": list(topic.other_names.exclude(text=topic.name)),
        "narrower": tree.get(topic.pk, []),
        "modalities": _by_modality(links),
        **_linked(links),
    }
    return render(request, "pages/topic.html", context)


def _by_modality(links: QuerySet[TopicLink]) -> list[tuple[str, int]]:
    """How often it was discussed, proposed, agreed, signed in published records."""
    published = enums.State.PUBLISHED
    public = links.filter(Q(visit__state=published) | Q(meeting__state=published)).order_by()
    counted = dict(public.values_list("modality").annotate(number=Count("pk")))
    return [(str(one.label), counted[one.value]) for one in enums.Modality if one.value in counted]


def _linked(links: QuerySet) -> dict[str, Iterable[object]]:
    visits = Visit.objects.published().filter(pk__in=links.filter(visit__isnull=False).order_by().values("visit"))
    meetings = Meeting.objects.published().filter(
        pk__in=links.filter(meeting__isnull=False).order_by().values("meeting")
    )
    return {
        "visits": rows.visit_rows(visits.newest_first()[:SHOWN]),
        "meetings": rows.meeting_rows(meetings.newest_first()[:SHOWN]),
    }


def outcomes() -> QuerySet[Outcome]:
    return encounters.outcomes().filter(pk__in=Outcome.objects.public().values("pk"))


@record_page(outcomes)
def outcome_page(request: HttpRequest, outcome: Outcome) -> HttpResponse:
    visit = Visit.objects.published().filter(pk=outcome.visit_id)
    meeting = Meeting.objects.published().filter(pk=outcome.meeting_id)
    context = {
        "section": "outcomes",
        "outcome": outcome,
        "topics": list(outcome.topics.all()),
        "visits": rows.visit_rows(visit),
        "meetings": rows.meeting_rows(meeting),
        "evidence": evidence_of({"outcome": [outcome]}),
    }
    return render(request, "pages/outcome.html", context)


@require_safe
def dialogue_page(request: HttpRequest, slug: str) -> HttpResponse:
    dialogue = get_object_or_404(Dialogue, slug=slug)
    links = DialogueLink.objects.filter(dialogue=dialogue)
    sessions = _linked(links.filter(role=enums.DialogueRole.SESSION))
    talk = _linked(links.filter(role=enums.DialogueRole.ABOUT))
    promised = outcomes().filter(dialogue=dialogue)
    context = {
        "section": "dialogues",
        "dialogue": dialogue,
        "names": list(dialogue.other_names.exclude(text=dialogue.name)),
        "countries": list(dialogue.countries.all()),
        "organizations": list(dialogue.organizations.all()),
        "sessions": sessions,
        "talk": talk,
        "outcomes": list(promised[:SHOWN]),
    }
    return render(request, "pages/dialogue.html", context)

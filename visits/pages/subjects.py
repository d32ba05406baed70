"""Pages of one topic, one outcome, one dialogue."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from visits import enums, merged, rows
from visits.filters.base import Union
from visits.models import Dialogue, DialogueLink, Meeting, Outcome, Topic, TopicLink, Visit

from . import encounters, promises, talk
from .citable import citable, of_record
from .evidence import evidence_of
from .permanent import moved, record_page
from .structured import Describer

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
    together = [one.pk for one in under(tree, topic)]
    links = TopicLink.objects.filter(topic__in=together)
    names = list(topic.other_names.exclude(text=topic.name))
    said = talk.talk_about(topic.slug, together)
    context = {
        "section": "topics",
        "topic": topic,
        "reference": of_record(request, topic, str(topic)),
        "linked_data": Describer(request).topic(topic, [one.text for one in names]),
        "names": names,
        "narrower": tree.get(topic.pk, []),
        "talk": said,
        "modalities": said.firm,
        **_linked(links),
    }
    return citable(request, "pages/topic.html", context)


def _linked(links: QuerySet) -> dict[str, list[rows.Row]]:
    """The newest visits and meetings of these links."""
    visits, meetings = Union(), Union()
    visits.add(links.filter(visit__isnull=False), "visit")
    meetings.add(links.filter(meeting__isnull=False), "meeting")
    mine = (visits.of if links.model is TopicLink else visits.first_of)(Visit.objects.published())
    met = (meetings.of if links.model is TopicLink else meetings.first_of)(Meeting.objects.published())
    return {
        "visits": rows.visit_table(mine.newest_first()[:SHOWN]),  # type: ignore[attr-defined]
        "meetings": rows.meeting_table(met.newest_first()[:SHOWN]),  # type: ignore[attr-defined]
    }


def outcomes() -> QuerySet[Outcome]:
    return encounters.outcomes().filter(pk__in=Outcome.objects.public().values("pk"))


@record_page(outcomes)
def outcome_page(request: HttpRequest, outcome: Outcome) -> HttpResponse:
    visit = Visit.objects.published().filter(pk=outcome.visit_id)
    meeting = Meeting.objects.published().filter(pk=outcome.meeting_id)
    topics = list(outcome.topics.all())
    context = {
        "section": "outcomes",
        "outcome": outcome,
        "reference": of_record(request, outcome, outcome.title),
        "linked_data": Describer(request).outcome(outcome, topics),
        "topics": topics,
        "visits": rows.visit_table(visit),
        "meetings": rows.meeting_table(meeting),
        "evidence": evidence_of({"outcome": [outcome]}),
    }
    return citable(request, "pages/outcome.html", context)


@require_safe
def dialogue_page(request: HttpRequest, slug: str) -> HttpResponse:
    dialogue = get_object_or_404(Dialogue, slug=slug)
    links = DialogueLink.objects.filter(dialogue=dialogue)
    sessions = _linked(links.filter(role=enums.DialogueRole.SESSION))
    about = _linked(links.filter(role=enums.DialogueRole.ABOUT))
    held, promised_there = promises.sessions_of(sessions["visits"], sessions["meetings"], outcomes())
    promised = outcomes().filter(dialogue=dialogue).exclude(pk__in=promised_there)
    names = list(dialogue.other_names.exclude(text=dialogue.name))
    countries, organizations = list(dialogue.countries.all()), list(dialogue.organizations.all())
    context = {
        "section": "dialogues",
        "dialogue": dialogue,
        "reference": of_record(request, dialogue, str(dialogue)),
        "linked_data": Describer(request).dialogue(dialogue, [one.text for one in names], [*countries, *organizations]),
        "names": names,
        "countries": countries,
        "organizations": organizations,
        "sessions": held,
        "talk": about,
        "outcomes": list(promised[:SHOWN]),
    }
    return citable(request, "pages/dialogue.html", context)

"""The same visits by Django and Django REST framework as their tutorials do it: serializers of models, a ListView."""

from typing import Any

from django.db.models import Prefetch
from django.urls import path
from django.views.generic import ListView
from rest_framework import generics, pagination, renderers, serializers

from tracker import urls as ours
from visits import models


def visits() -> Any:
    heads = models.Member.objects.filter(head=True).select_related("official", "post")
    delegations = models.Delegation.objects.prefetch_related(Prefetch("members", heads))
    links = models.TopicLink.objects.select_related("topic")
    return (
        models.Visit.objects.published()
        .select_related("guest_country", "guest_organization", "host_country", "host_organization")
        .prefetch_related(Prefetch("delegations", delegations), Prefetch("topic_links", links))
        .newest_first()
    )


def whole_visits() -> Any:
    """With all that our detail shows, the share of evidence aside."""
    return (
        visits()
        .select_related("trip")
        .prefetch_related("external_ids__dataset", "dialogue_links__dialogue", "places__city", "outcomes", "meetings")
    )


def of_model(model: Any, *names: str, **nested: Any) -> type[serializers.ModelSerializer]:
    meta = type("Meta", (), {"model": model, "fields": [*names, *nested]})
    return type(f"{model.__name__}Serializer", (serializers.ModelSerializer,), {"Meta": meta, **nested})


def _side(model: Any, *names: str) -> Any:
    return of_model(model, *names)()


HEAD = of_model(
    models.Member, "as_printed", official=_side(models.Official, "id", "name"), post=_side(models.Post, "title", "rank")
)
DELEGATION = of_model(
    models.Delegation, "id", "uid", "sender_as_printed", sender_country=_side(models.Country, "code", "name"),
    members=HEAD(many=True),
)  # fmt: skip
TOPIC = of_model(models.TopicLink, "as_printed", "modality", topic=_side(models.Topic, "slug", "name"))


def _visit(**more: Any) -> type[serializers.ModelSerializer]:
    return of_model(
        models.Visit, "id", "uid", "title", "start", "end", "earliest", "latest", "kind", "status",
        "guest_as_printed", "host_as_printed",
        guest_country=_side(models.Country, "code", "name"),
        guest_organization=_side(models.Organization, "id", "slug", "name"),
        host_country=_side(models.Country, "code", "name"),
        delegations=DELEGATION(many=True), topic_links=TOPIC(many=True), **more,
    )  # fmt: skip


WHOLE = {
    "external_ids": of_model(models.ExternalId, "value", dataset=_side(models.Source, "slug"))(many=True),
    "places": of_model(models.VisitPlace, "as_printed", city=_side(models.City, "name"))(many=True),
    "dialogue_links": of_model(models.DialogueLink, "role", dialogue=_side(models.Dialogue, "slug", "name"))(many=True),
    "outcomes": of_model(models.Outcome, "id")(many=True),
    "meetings": of_model(models.Meeting, "id")(many=True),
}


class Pages(pagination.CursorPagination):
    page_size = 50
    ordering = "-id"


class Api:
    renderer_classes = [renderers.JSONRenderer]
    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []
    throttle_classes: list[Any] = []


class VisitList(Api, generics.ListAPIView):
    serializer_class = _visit()
    pagination_class = Pages

    def get_queryset(self) -> Any:
        return visits()


class VisitDetail(Api, generics.RetrieveAPIView):
    serializer_class = _visit(**WHOLE)

    def get_queryset(self) -> Any:
        return whole_visits()


class VisitTable(ListView):
    paginate_by = 50
    template_name = "bench/stock.html"

    def get_queryset(self) -> Any:
        return visits()


urlpatterns = [
    path("stock/api/visits/", VisitList.as_view()),
    path("stock/api/visits/<int:pk>/", VisitDetail.as_view()),
    path("stock/visits/", VisitTable.as_view()),
    *ours.urlpatterns,
]

"""Addresses below `/api/`; their names are in the namespace `api`."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.renderers import BaseRenderer
from rest_framework.routers import SimpleRouter

from .answers import Json
from .changing import ChangesView
from .counting import StatsView
from .editing import viewset as with_edits
from .entrance import NothingHere, RootView, VisitRecordView, documentation
from .finding import SearchView, SuggestView
from .loading import ImportViewSet
from .reading import VIEWSETS
from .reconciling import (
    FlyoutView,
    ProposePropertiesView,
    ReconciliationView,
    SuggestEntityView,
    SuggestPropertyView,
    SuggestTypeView,
    preview,
    view,
)

app_name = "api"


class SchemaView(SpectacularAPIView):
    """`/api/v1/schema/`: the OpenAPI 3.1 document."""

    renderer_classes: list[type[BaseRenderer]] = [Json]
    authentication_classes = []
    throttle_classes = []


router = SimpleRouter()
for name, viewset in VIEWSETS.items():
    router.register(name, with_edits(viewset), basename=name)
router.register("imports", ImportViewSet, basename="imports")

v1 = [
    path("", RootView.as_view(), name="root"),
    path("schema/", SchemaView.as_view(api_version="v1"), name="schema"),
    path("schema/visit-record.json", VisitRecordView.as_view(), name="visit-record"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    path("search/", SearchView.as_view(), name="search"),
    path("changes/", ChangesView.as_view(), name="changes"),
    path("suggest/", SuggestView.as_view(), name="suggest"),
    path("stats/", StatsView.as_view(), name="stats"),
    *router.urls,
]
reconcile = [
    path("", ReconciliationView.as_view(), name="reconcile"),
    path("suggest/entity/", SuggestEntityView.as_view(), name="reconcile-suggest-entity"),
    path("suggest/property/", SuggestPropertyView.as_view(), name="reconcile-suggest-property"),
    path("suggest/type/", SuggestTypeView.as_view(), name="reconcile-suggest-type"),
    path("properties/", ProposePropertiesView.as_view(), name="reconcile-properties"),
    path("flyout/", FlyoutView.as_view(), name="reconcile-flyout"),
    path("preview/<str:entity>/", preview, name="reconcile-preview"),
    path("view/<str:entity>/", view, name="reconcile-view"),
]
urlpatterns = [
    path("", documentation, name="documentation"),
    path("v1/", include(v1)),
    path("reconcile/", include(reconcile)),
    re_path(r"^.*$", NothingHere.as_view(), name="nothing"),
]

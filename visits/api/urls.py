"""Addresses below `/api/`; their names are in the namespace `api`."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.renderers import BaseRenderer
from rest_framework.routers import SimpleRouter

from .answers import Json
from .entrance import NothingHere, RootView, VisitRecordView, documentation
from .finding import SearchView
from .loading import ImportViewSet
from .reading import VIEWSETS

app_name = "api"


class SchemaView(SpectacularAPIView):
    """`/api/v1/schema/`: the OpenAPI 3.1 document."""

    renderer_classes: list[type[BaseRenderer]] = [Json]
    authentication_classes = []
    throttle_classes = []


router = SimpleRouter()
for name, view in VIEWSETS.items():
    router.register(name, view, basename=name)
router.register("imports", ImportViewSet, basename="imports")

v1 = [
    path("", RootView.as_view(), name="root"),
    path("schema/", SchemaView.as_view(api_version="v1"), name="schema"),
    path("schema/visit-record.json", VisitRecordView.as_view(), name="visit-record"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    path("search/", SearchView.as_view(), name="search"),
    *router.urls,
]
urlpatterns = [
    path("", documentation, name="documentation"),
    path("v1/", include(v1)),
    re_path(r"^.*$", NothingHere.as_view(), name="nothing"),
]

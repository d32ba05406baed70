"""The whole map of URLs."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from tracker.health import healthz

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("api/", include("visits.api.urls")),
    path("", include("visits.pages.urls")),
]
if settings.METRICS:
    urlpatterns.append(path("", include("django_prometheus.urls")))

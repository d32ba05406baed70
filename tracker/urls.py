"""The whole map of URLs."""

from django.contrib import admin
from django.urls import path

from tracker.health import healthz

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
]

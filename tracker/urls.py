"""The whole map of URLs."""

from django.conf import settings
from django.contrib import admin
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import TemplateView

from tracker.health import healthz
from tracker.language import choose_language

urlpatterns = [
    path("admin/", admin.site.urls),
    path("favicon.ico", lambda request: redirect(static("favicon.svg"))),
    path("healthz", healthz, name="healthz"),
    path("language/", choose_language, name="set_language"),
    path("api/", include("visits.api.urls")),
    path("", include("visits.pages.urls")),
]
if settings.DEBUG:
    urlpatterns.append(path("style/", TemplateView.as_view(template_name="pages/style.html"), name="style"))
if settings.METRICS:
    urlpatterns.append(path("", include("django_prometheus.urls")))

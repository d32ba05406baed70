"""Addresses of the public pages; their names are promises (no namespace)."""

from django.urls import path, register_converter

from . import (
    account,
    brief,
    comparing,
    lists,
    looking,
    meeting,
    official,
    organization,
    places,
    post,
    relations,
    saved,
    sources,
    subjects,
    templates,
    visit,
)
from .charts import sheet
from .finding import search_page
from .home import home_page
from .permanent import RecordKey


class Listed:
    """URL converter: the name of a list."""

    regex = "|".join(lists.LISTS)

    def to_python(self, value: str) -> str:
        return value

    to_url = to_python


class FileFormat(Listed):
    regex = "|".join(lists.FORMATS)


class Chart(Listed):
    regex = "|".join(looking.CHARTS)


class ChartFormat(Listed):
    regex = "|".join(sheet.MEDIA)


class TemplateFormat(Listed):
    regex = "|".join(templates.TYPES)


register_converter(RecordKey, "record")
register_converter(Listed, "listed")
register_converter(FileFormat, "format")
register_converter(Chart, "chart")
register_converter(ChartFormat, "chart_format")
register_converter(TemplateFormat, "template_format")

urlpatterns = [
    path("", home_page, name="home"),
    *(path(f"{name}/", lists.list_page, {"name": name}, name=name) for name in lists.LISTS),
    path("<listed:name>.<format:file_format>", lists.list_file, name="list-file"),
    path("visits/narrow/", looking.narrow_page, name="narrow"),
    path("visits/<chart:view>.<chart_format:file_format>", looking.chart_file, name="chart-file"),
    path("visits/<record:key>/", visit.visit_page, name="visit"),
    path("meetings/<record:key>/", meeting.meeting_page, name="meeting"),
    path("officials/<record:key>/", official.official_page, name="official"),
    path("posts/<record:key>/", post.post_page, name="post"),
    path("organizations/<record:key>/", organization.organization_page, name="organization"),
    path("countries/compare/", comparing.compare_page, name="compare"),
    path("countries/<str:code>.<chart_format:file_format>", places.country_chart, name="country-chart"),
    path("countries/<str:code>/", places.country_page, name="country"),
    path("relations/<str:pair>/brief/", brief.brief_page, name="pair-brief"),
    path("relations/<str:codes>.<chart_format:file_format>", relations.pair_chart, name="pair-chart"),
    path("relations/<str:codes>/", relations.pair_page, name="pair"),
    path("topics/<slug:slug>/", subjects.topic_page, name="topic"),
    path("outcomes/<record:key>/", subjects.outcome_page, name="outcome"),
    path("dialogues/<slug:slug>/", subjects.dialogue_page, name="dialogue"),
    path("sources/<record:key>/", sources.source_page, name="source"),
    path("search/", search_page, name="search"),
    path("account/", account.account_page, name="account"),
    path("account/enter/<str:token>/", account.enter_page, name="enter"),
    path("account/leave/", account.leave, name="leave"),
    path("account/delete/", account.delete_page, name="account-delete"),
    path("saved/", saved.saved_page, name="saved"),
    path("saved/new/", saved.new_page, name="saved-new"),
    path("saved/<int:pk>/", saved.search_page, name="saved-search"),
    path("saved/<int:pk>/delete/", saved.delete, name="saved-delete"),
    path("saved/<int:pk>/feed/", saved.renew_feed, name="saved-renew"),
    path("saved/feeds/<int:pk>-<slug:key>.atom", saved.feed, name="saved-feed"),
    path("saved/stop/<int:pk>-<slug:key>/", saved.stop_page, name="saved-stop"),
    path("templates/", templates.templates_page, name="templates"),
    path("templates/<slug:name>.<template_format:file_format>", templates.template_file, name="template-file"),
]

"""What the templates of the public pages need beyond Django's own tags."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from babel import Locale
from django import template
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from visits import dates, enums, names
from visits import retold as sentences
from visits.models import Country, Member, Organization, Outcome, Participant, TopicLink, Visit
from visits.pages import encounters
from visits.pages.evidence import Evidence, Note
from visits.search import Piece
from visits.stats import Choice

register = template.Library()


@register.simple_tag(takes_context=True)
def section_link(context: dict[str, Any], name: str, label: str) -> SafeString:
    """A link of the main navigation; `section` in the context says where the reader is."""
    current = format_html(' aria-current="{}"', "true") if context.get("section") == name else ""
    return format_html('<a href="{}"{}>{}</a>', reverse(name), current, label)


@register.simple_tag
def cite(evidence: Evidence, record: models.Model, *fields: str) -> SafeString:
    """The marks of these fields of a record."""
    return _marks(evidence.marks(record, *fields))


@register.simple_tag
def cite_rest(evidence: Evidence, record: models.Model, column: str, *elsewhere: str) -> SafeString:
    """The marks of a nested record but for the fields marked elsewhere; else of the column that it was read from."""
    return _marks(evidence.rest(record, elsewhere) or evidence.marks(None, column))


@register.simple_tag
def cite_notes(evidence: Evidence, notes: list[Note]) -> SafeString:
    """The marks of these notes."""
    return _marks(evidence.numbered(notes))


@register.simple_tag
def side_link(side: Country | Organization, printed: str = "") -> SafeString:
    """A country or organization, and how the source prints it where that differs."""
    link = format_html('<a href="{}">{}</a>', side.get_absolute_url(), side)
    if not printed or printed == side.name:
        return link
    return format_html('{} <span class="printed">{}</span>', link, _("as printed: “%s”") % printed)


def _marks(notes: list[Note]) -> SafeString:
    if not notes:
        return SafeString("")
    links = format_html_join(
        "", '<a href="#note-{0}" aria-label="{1}">{0}</a>', ((n.number, _("Evidence %d") % n.number) for n in notes)
    )
    return format_html('<span class="ref">{}</span>', links)


@register.filter
def edtf(text: str) -> str:
    """An EDTF date in words."""
    return dates.display(text)


@register.filter
def since(start: str) -> str:
    return dates.since(start)


@register.filter
def edtf_to(start: str, end: str) -> str:
    """Both ends in words."""
    return dates.display_range(start, end)


@register.simple_tag
def edtf_range(start: str, end: str) -> str:
    return dates.display_range(start, end)


@register.filter
def language_name(code: str) -> str:
    """What the reader calls a language; a code that CLDR does not know stays."""
    reader = Locale.parse(get_language() or settings.LANGUAGE_CODE, sep="-")
    return str(reader.languages.get(code, code))


@register.simple_tag
def filtered(name: str, **filters: object) -> str:
    """The address of a list with these filters; those without a value are left out."""
    query = urlencode({key.rstrip("_"): value for key, value in filters.items() if value not in (None, "")})
    return f"{reverse(name)}?{query}" if query else reverse(name)


@register.filter
def label(value: str, vocabulary: str) -> str:
    """The word for a value of one of the vocabularies: `row.kind|label:"VisitKind"`."""
    return str(getattr(enums, vocabulary)(value).label) if value else ""


@register.filter
def overdue(outcome: Outcome) -> bool:
    today: date = timezone.now().date()
    return outcome.is_overdue(today)


@register.filter
def percent(share: float | None) -> str:
    return "" if share is None else f"{round(100 * share)} %"


retold = register.filter(sentences.retold)
person_name = register.filter(encounters.person_name)


@register.filter
def person_post(person: Member | Participant) -> str:
    """The post as printed, where it is not what stands for the name already."""
    return "" if person.post_as_printed == encounters.person_name(person) else person.post_as_printed


@register.filter
def printed_beside(person: Member | Participant) -> str:
    """What the source prints, where that says something else than the name and post that are shown."""
    parts = [person.name_as_printed, person.post_as_printed]
    printed = person.as_printed or ", ".join(filter(None, parts))
    post = person.post.title if person.post else person.post_as_printed
    shown = f"{encounters.person_name(person)} {post}"
    return "" if set(names.search_key(printed).split()) <= set(names.search_key(shown).split()) else printed


@register.simple_tag
def modality_tag(record: TopicLink | Outcome) -> SafeString:
    """How firm it was; agreed and signed stand out."""
    firm = record.modality in (enums.Modality.AGREED, enums.Modality.SIGNED)
    return format_html('<span class="tag{}">{}</span>', " firm" if firm else "", label(record.modality, "Modality"))


@register.filter
def summary_is_kind(visit: Visit) -> bool:
    """Whether the summary says no more than the kind does: “State visit.”"""
    return names.search_key(visit.summary) == names.search_key(str(enums.VisitKind(visit.kind).label))


@register.simple_tag
def visit_rows(visits: Iterable[dict[str, Any]]) -> SafeString:
    """The rows of the table of visits; as a template they took half of the time of a list."""
    return SafeString("".join(map(_visit_row, visits)))


def _visit_row(row: dict[str, Any]) -> str:
    topics = [str(topic["name"]) for topic in row["topics"][:4]] + ["…"] * (len(row["topics"]) > 4)
    kind = label(row["kind"], "VisitKind") if row["kind"] != enums.VisitKind.UNKNOWN else ""
    kind = f"<span>{escape(kind)}</span>" if kind else ""
    usual = row["status"] in (enums.Status.COMPLETED, enums.Status.UNKNOWN)
    return (
        f'<tr><td class="dates">{escape(dates.display_range(row["start"], row["end"]))}'
        f"{_under(', '.join(place['city'] or place['as_printed'] for place in row['places']))}</td>"
        f'<th scope="row" class="name"><a href="{escape(row["url"])}">{escape(row["title"])}</a>'
        f"{_under(', '.join(topics))}</th>"
        f"<td>{''.join(map(_head, row['delegations']))}</td>"
        f"<td>{kind}{'' if usual else _under(label(row['status'], 'Status'))}</td></tr>"
    )


def _head(delegation: dict[str, Any]) -> str:
    head = delegation["head"]
    if not head:
        return ""
    name = escape(head["name"])
    post = str(head["post"]) if head["post"] != head["name"] else ""
    if post and (others := delegation["members"] - 1) > 0:
        post += ngettext(" and %(others)s more", " and %(others)s more", others) % {"others": others}
    linked = f'<a href="{escape(head["url"])}">{name}</a>' if head["url"] else name
    return f"<div>{linked}{_under(post)}</div>"


@register.simple_tag
def choice_items(choices: Iterable[Choice], at_least: bool) -> SafeString:
    """The choices of a facet; there are some four hundred on a page."""
    more, off = _("over") + " " if at_least else "", format_html('<span class="unseen">{}</span>', _("take off"))
    return SafeString(
        "".join(
            f'<li>{_CURRENT if one.on else "<a"} href="{escape(one.url)}"><span>{escape(one.label)}</span> '
            f'<span class="n">{more}{intcomma(one.number)}</span>{off if one.on else ""}</a></li>'
            for one in choices
        )
    )


_CURRENT = '<a aria-current="true"'


def _under(text: str) -> str:
    return f'<span class="under">{escape(text)}</span>' if text else ""


_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


@register.simple_tag
def json_ld(data: dict[str, Any]) -> SafeString:
    """Structured data as a block that is no script; nothing in a name can end it."""
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
    return SafeString(f'<script type="application/ld+json">{text}</script>')


@register.simple_tag
def pieces(found: list[Piece]) -> SafeString:
    """A text with the words that were searched for marked."""
    return format_html_join("", "{}", ((format_html("<mark>{}</mark>", p.text) if p.hit else p.text,) for p in found))

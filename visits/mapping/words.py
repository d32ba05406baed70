"""Records and differences in words a person reads: the names of what they refer to, beside the ids."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from visits import dates, models, record
from visits.matches import Planned

from .proposal import Proposal
from .tree import Kind, Node

_NAMED: dict[type[Model], str] = {
    models.Country: "name",
    models.City: "name",
    models.Organization: "name",
    models.Official: "name",
    models.Topic: "name",
    models.Dialogue: "name",
    models.Post: "title",
    models.Trip: "title",
    models.Visit: "title",
    models.Meeting: "title",
}
_MAX_TITLE = 300
_MOST_LISTED = 10
_HIDDEN = {"position", "key", "trip_position", "head"}
_REFERENCES: dict[tuple[str, str], type[Model] | None] = {}


def referred(kind: Kind, column: str) -> type[Model] | None:
    """The model that a column of a row refers to."""
    if (kind.name, column) not in _REFERENCES:
        field = kind.model._meta.get_field(column.removesuffix("_id"))
        _REFERENCES[kind.name, column] = field.related_model if field.is_relation else None
    return _REFERENCES[kind.name, column]


class Wording:
    """The names of all that a batch of proposals refers to: one query for each kind of thing."""

    def __init__(self, proposals: Iterable[Proposal], countries: Mapping[str, str]) -> None:
        self.countries = countries
        wanted: dict[type[Model], set[Any]] = defaultdict(set)
        for proposal in proposals:
            for node, column, value in _values(proposal):
                model = referred(node.kind, column)
                if model and value is not None and not isinstance(value, Planned):
                    wanted[model].add(value)
        self._names: dict[type[Model], dict[Any, str]] = {models.Country: dict(countries)}
        for model, ids in wanted.items():
            if model is not models.Country:
                rows = model._default_manager.filter(pk__in=ids).order_by()
                self._names[model] = dict(rows.values_list("pk", _NAMED[model]))

    def text(self, kind: Kind, column: str, value: Any) -> str:
        """A value of a column in words."""
        if value is None or value == "":
            return ""
        model = referred(kind, column)
        if isinstance(value, Planned):
            return str(value.values.get("name") or value.values.get("title") or value.values.get("slug") or "")
        if model:
            return self._names.get(model, {}).get(value) or f"{model._meta.verbose_name} {value}"
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        field = kind.model._meta.get_field(column)
        if isinstance(field, models.bases.EdtfField):
            return dates.display(value)
        return str(dict(field.flatchoices).get(value, value)) if field.choices else str(value)  # type: ignore[union-attr]

    def side(self, node: Node, role: str) -> str:
        """A guest, host, sender or side of a row."""
        for column in (f"{role}_organization_id", f"{role}_country_id"):
            if words := self.text(node.kind, column, node.values.get(column)):
                return words
        return str(node.values.get(f"{role}_as_printed", ""))

    def person(self, node: Node) -> str:
        """Somebody in a delegation or a meeting: their name and their post."""
        values = node.values
        name = self.text(node.kind, "official_id", values["official_id"]) or values["name_as_printed"]
        post = self.text(node.kind, "post_id", values["post_id"]) or values["post_as_printed"]
        return ", ".join(filter(None, (name or values["as_printed"], post if name else "")))

    def row(self, node: Node) -> str:
        """A nested row in a few words."""
        values, kind = node.values, node.kind
        match kind.name:
            case "member" | "participant":
                return self.person(node)
            case "delegation":
                people = node.lists.get("members", [])
                first = sorted(people, key=lambda one: not one.values["head"])[:1]
                more = len(people) - len(first)
                others = _("%(number)s more") % {"number": more} if more else ""
                return ", ".join(filter(None, (self.side(node, "sender"), *map(self.person, first), others)))
            case "meeting":
                some = ", ".join(map(self.person, node.lists.get("participants", [])[:3]))
                return ", ".join(filter(None, (values["title"] or some, dates.display(values["date"]))))
            case "official_name":
                return str(values["text"])
            case "outcome":
                return f"{values['title']} ({self.text(kind, 'modality', values['modality'])})"
        columns = [column for column in ("city_id", "topic_id", "dialogue_id") if column in values]
        names = [self.text(kind, column, values[column]) for column in columns]
        return next(filter(None, names), "") or str(values.get("as_printed", ""))

    def new(self, root: Node) -> dict[str, Any]:
        """The main fields of a new record: {field: words, or a list of words}."""
        found: dict[str, Any] = {}
        for column, value in root.values.items():
            name = column.removesuffix("_id")
            role, _sep, part = name.rpartition("_")
            if column in _HIDDEN or value in (None, "", "unknown"):
                continue
            if part in {"country", "organization"} and role:
                found[role] = self.side(root, role)
            elif not name.endswith("_as_printed"):
                found[name] = self.text(root.kind, column, value)
        for name, nodes in root.lists.items():
            if nodes:
                found[name] = [self.row(node) for node in nodes[:_MOST_LISTED]]
                if len(nodes) > _MOST_LISTED:
                    found[name].append(_("%(number)s more") % {"number": len(nodes) - _MOST_LISTED})
        return found

    def named(self, kind: Kind, column: str, plain: Any, value: Any) -> Any:
        """A value of a difference: of a reference {id, name}, of all else the value itself."""
        if value is None or not referred(kind, column):
            return plain
        return {"id": plain if plain == getattr(value, "id", value) else None, "name": self.text(kind, column, value)}

    def difference(self, proposal: Proposal) -> list[dict[str, Any]]:
        """`Proposal.difference`, in which each reference is {id, name} instead of an id."""
        entries, plan = proposal.difference(), proposal.plan
        for entry, change in zip(entries, plan.changes, strict=False):
            kind, column = change.node.kind, change.column
            entry["before"] = self.named(kind, column, entry["before"], change.before)
            entry["after"] = self.named(kind, column, entry["after"], change.after)
        added = [child for child, _parent in (*plan.added, *plan.withheld)] if plan.present else []
        for entry, child in zip(entries[len(plan.changes) :], added, strict=False):  # ids of data sets follow
            entry["added"] = {
                column: self.named(child.kind, column, plain, child.values[column])
                for column, plain in entry["added"].items()
            }
        return entries


def _values(proposal: Proposal) -> Iterable[tuple[Node, str, Any]]:
    for node in proposal.plan.wanted.walk():
        for column, value in node.values.items():
            yield node, column, value
    for change in proposal.plan.changes:
        yield change.node, change.column, change.before


# titles, of records that need not be matched


def title(item: record._Record | None, countries: Mapping[str, str]) -> str:
    """A record in a few words: `Kenya to Finland, 13 May 2024, Amina Odhiambo`."""
    if isinstance(item, record.VisitData):
        words = _("%(guest)s to %(host)s") % {
            "guest": _side(item.guest, countries) or _("somebody"),
            "host": _side(item.host, countries) or _("somewhere"),
        }
        heads = [one for delegation in item.delegations for one in delegation.members if one.head]
        parts = [item.title or words, dates.display_range(item.start, item.end), _person(heads[0]) if heads else ""]
    elif isinstance(item, record.MeetingRecord):
        people = [_person(one) for one in item.participants[:2]]
        parts = [item.title or _("Meeting"), dates.display(item.date)]
        parts += [countries.get(item.venue_country or "", ""), *([] if item.title else people)]
    elif isinstance(item, record.OfficialRecord):
        parts = [item.name, countries.get(item.country or "", "")]
    elif isinstance(item, record.TenureRecord):
        parts = [item.official.name, item.post.title, dates.display_range(item.start, item.end)]
    else:
        parts = []
    return ", ".join(filter(None, parts))[:_MAX_TITLE]


def _side(side: record.Side, countries: Mapping[str, str]) -> str:
    body = side.organization
    return countries.get(side.country or "", "") or (body and (body.name or body.slug)) or side.as_printed


def _person(person: record.Person) -> str:
    return person.name_as_printed or (person.official.name if person.official else "") or person.as_printed

"""Evidence in a record's form: the editor pastes the words, their place in the source's text is found here."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import Model, Q
from django.forms.models import BaseModelFormSet, ModelForm
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from visits import edit, field_names, history
from visits.models import Citation, Source, evidence
from visits.review import quotes

from .base import DeskTabular
from .forms import DeskFormSet


class CitationForm(forms.ModelForm):
    """`supports` names what is evidenced: `visit`, `visit:start` (a field), `member:12` (a part of the record)."""

    supports = forms.ChoiceField(label=gettext_lazy("Supports"), widget=UnfoldAdminSelectWidget)

    class Meta:
        model = Citation
        fields = ("source", "exact", "attributed_to")
        widgets = {"exact": UnfoldAdminTextareaWidget(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.note = ""
        if self.instance.pk:
            self.fields["supports"].initial = supported(self.instance)

    def clean_exact(self) -> str:
        return str(self.cleaned_data["exact"]).strip()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        quote, source = cleaned.get("exact"), cleaned.get("source")
        moved = {"exact", "source"} & set(self.changed_data)
        if isinstance(source, Source) and moved:
            self._place(quote or "", source)
        return cleaned

    def _place(self, quote: str, source: Source) -> None:
        if not quote:
            if not self.instance.row:
                self.add_error("exact", _("Paste the words of the source that carry the fact."))
            return
        self.instance.start = self.instance.end = None
        self.instance.prefix = self.instance.suffix = ""
        if not source.text:
            return
        place = quotes.find_quote(source.text, quote)
        if place is None:
            self.add_error(
                "exact", _("These words are not in the text of the source. Copy them from it, letter by letter.")
            )
            return
        if place.times > 1:
            self.note = _("“%(quote)s” stands %(times)s times in the source; the first place was taken.") % {
                "quote": quote[:60],
                "times": place.times,
            }
        self.instance.start, self.instance.end = place.start, place.end
        self.instance.prefix = source.text[max(0, place.start - quotes.AROUND) : place.start]
        self.instance.suffix = source.text[place.end : place.end + quotes.AROUND]
        self.cleaned_data["exact"] = source.text[place.start : place.end]

    def _post_clean(self) -> None:
        point_at(self.instance, self.cleaned_data.get("supports", ""))
        for name in evidence.TARGETS:  # the formset's parent is one target of many
            if name in self.cleaned_data:
                self.cleaned_data[name] = getattr(self.instance, name)
        super()._post_clean()  # type: ignore[misc]


def supported(citation: Citation) -> str:
    """What a citation supports, as the form's `supports` says it."""
    name = next(name for name in evidence.TARGETS if getattr(citation, f"{name}_id"))
    return ":".join(filter(None, (f"{name}.{getattr(citation, f'{name}_id')}", citation.field)))


def point_at(citation: Citation, supports: str) -> None:
    """Point the citation at what `supports` names; a new parent ("visit.") is set when it is saved."""
    target, _colon, field = supports.partition(":")
    name, _dot, pk = target.partition(".")
    if name not in evidence.TARGETS:
        return
    parent = getattr(citation, name, None) if not pk else None
    for other in evidence.TARGETS:
        setattr(citation, f"{other}_id", None)
    if pk:
        setattr(citation, f"{name}_id", int(pk))
    else:
        setattr(citation, name, parent)
    citation.field = field


class CitationFormSet(DeskFormSet):
    """All citations of a record and of its parts in one list."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = list(targets(self.instance))

    def get_queryset(self) -> Any:
        if not hasattr(self, "_queryset"):
            which = Q(pk__in=[])
            if self.instance.pk:
                for name, ids in _parts(self.instance).items():
                    which |= Q(**{f"{name}__in": ids})
            rows = Citation.objects.filter(which).order_by("pk")
            self._queryset = rows
        return self._queryset

    def add_fields(self, form: Any, index: int | None) -> None:
        owner = {name: getattr(form.instance, f"{name}_id") for name in evidence.TARGETS}
        super().add_fields(form, index)
        if form.instance.pk:  # the parent that the formset set is not what the citation points at
            for name, pk in owner.items():
                setattr(form.instance, f"{name}_id", pk)
        form.fields["supports"].choices = self.choices or list(targets(self.instance))

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = BaseModelFormSet._construct_form(self, i, **kwargs)  # type: ignore[attr-defined]
        if not form.instance.pk:
            setattr(form.instance, self.fk.name, self.instance)
        return form

    def save_new(self, form: ModelForm, commit: bool = True) -> Any:
        if not any(getattr(form.instance, f"{name}_id") for name in evidence.TARGETS):
            setattr(form.instance, self.fk.name, self.instance)
        row = form.save(commit=False)
        edit.save(row)
        return row

    @property
    def notes(self) -> list[str]:
        return [form.note for form in self.forms if getattr(form, "note", "")]


def _parts(record: Model) -> dict[str, list[int]]:
    """Ids of the record and its parts, by the name that a citation's column has for them."""
    found: dict[str, list[int]] = {}
    names = {model: name for name, model in evidence.TARGETS.items()}
    todo: list[tuple[type[Model], list[int]]] = [(type(record), [record.pk])]
    while todo:
        model, ids = todo.pop()
        if model in names and ids:
            found.setdefault(names[model], []).extend(ids)
        for _list, part, foreign_key in history.PARTS.get(model, ()):
            if ids and (part in names or part in history.PARTS):
                rows = part._default_manager.filter(**{f"{foreign_key}__in": ids})
                todo.append((part, list(rows.values_list("pk", flat=True))))
    return found


def targets(record: Model) -> Iterator[tuple[str, Any]]:
    """Choices of `supports`: the record, its fields, its parts."""
    names = {model: name for name, model in evidence.TARGETS.items()}
    name, pk = names[type(record)], record.pk or ""
    yield f"{name}.{pk}", _("The whole record")
    yield (
        _("A field"),
        [(f"{name}.{pk}:{field}", capfirst(str(_verbose(record, field)))) for field in FIELDS.get(name, ())],
    )
    if not record.pk:
        return
    parts = []
    for part_name, ids in _parts(record).items():
        if part_name != name:
            model = evidence.TARGETS[part_name]
            rows = model._default_manager.filter(pk__in=ids).select_related(*_WITH.get(part_name, ()))
            title = capfirst(str(model._meta.verbose_name))
            parts += [(f"{part_name}.{row.pk}", f"{title}: {row}") for row in rows]
            for field in ("official", "post") if part_name in {"member", "participant"} else ():
                parts += [
                    (f"{part_name}.{row.pk}:{field}", f"{title}: {row} – {field_names.in_words(field)}") for row in rows
                ]
    if parts:
        yield _("A part"), parts


def _verbose(record: Any, field: str) -> Any:
    return record._meta.get_field(field).verbose_name


FIELDS = {
    "visit": ("start", "end", "kind", "status", "guest_country", "host_country", "summary"),
    "meeting": ("date", "format", "status", "venue_country", "city", "summary"),
    "tenure": ("start", "end"),
    "official": ("name", "country"),
    "outcome": ("kind", "modality", "due"),
}
_WITH = {
    "member": ("official",),
    "participant": ("official",),
    "topic_link": ("topic",),
    "dialogue_link": ("dialogue",),
    "delegation": ("sender_country", "sender_organization"),
    "tenure": ("official", "post__country"),
}


class CitationInline(DeskTabular):
    model = Citation
    form = CitationForm
    formset = CitationFormSet
    fields = ("source", "exact", "supports", "attributed_to")
    autocomplete_fields = ("source",)

    verbose_name = gettext_lazy("quote")
    verbose_name_plural = gettext_lazy("Evidence: the words of a source that carry a fact")

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Each row shows its source's title: that needs no text of an article."""
        if db_field.name == "source":
            kwargs["queryset"] = Source.objects.defer("text", "raw")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

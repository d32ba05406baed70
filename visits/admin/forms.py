"""Forms of the desk: they know what the editor saw, why it is edited, and save through `visits.edit`."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import ModelForm
from django.utils.translation import gettext_lazy as _
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminTextInputWidget

from visits import edit, history
from visits.enums import OutcomeLife
from visits.models import Member


class DeskForm(forms.ModelForm):
    """A record's form. `seen` is what the editor saw; a save over a newer state is refused and told."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why this change"),
        required=False,
        max_length=500,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Kept in the history, beside your name."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.changed_meanwhile: list[history.Entry] = []
        if self.instance.pk and not self.is_bound:
            self.fields["seen"].initial = edit.seen_now(self.instance)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.instance.pk:
            self._refuse_when_stale()
        return cleaned

    def _refuse_when_stale(self) -> None:
        try:
            edit.check_unchanged(self.instance, self.cleaned_data.get("seen", ""))
        except edit.Stale as stale:
            self.changed_meanwhile = stale.entries
            # What was typed stays in the form; a second save is made in knowledge of the other's.
            typed: Any = self.data.copy()  # type: ignore[attr-defined]
            typed[self.add_prefix("seen")] = edit.seen_now(self.instance)
            self.data = typed
            raise ValidationError(
                _("Somebody changed this record after you opened it. Nothing of yours has been saved yet."),
                code="stale",
            ) from stale


class OutcomeForm(DeskForm):
    """Whoever names the record that fulfilled it need not say as well that it is fulfilled."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if cleaned.get("fulfilled_by_visit") or cleaned.get("fulfilled_by_meeting"):
            if cleaned.get("life") == OutcomeLife.DROPPED:
                self.add_error("life", _("What was dropped was not fulfilled: choose one of the two."))
            else:
                cleaned["life"] = OutcomeLife.FULFILLED
        return cleaned

    @property
    def changed_data(self) -> list[str]:
        """What was set here counts as edited by hand: no load makes it open again."""
        changed = [name for name, field in self._bound_items() if field._has_changed()]  # type: ignore[attr-defined]
        life = getattr(self, "cleaned_data", {}).get("life")
        return [*changed, "life"] if life and life != self.initial.get("life") and "life" not in changed else changed


class DeskFormSet(PaginationInlineFormSet):
    """Rows of a record, saved one by one as hand edits."""

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)
        if form.instance.pk is None:  # a row may look at its parent, which may be new too
            setattr(form.instance, self.fk.name, self.instance)
        return form

    def save_new(self, form: ModelForm, commit: bool = True) -> Any:
        setattr(form.instance, self.fk.name, self.instance)
        row = form.save(commit=False)
        if any(field.name == "position" for field in row._meta.concrete_fields):
            row.position = self._next_position()
        edit.save(row)
        form.save_m2m()
        return row

    def save_existing(self, form: ModelForm, obj: Any, commit: bool = True) -> Any:
        row = form.save(commit=False)
        edit.save(row, form.changed_data)
        form.save_m2m()
        return row

    def delete_existing(self, obj: Any, commit: bool = True) -> None:
        edit.remove(obj)

    def _next_position(self) -> int:
        taken = self.model._default_manager.filter(**{self.fk.name: self.instance.pk})
        return (taken.order_by("-position").values_list("position", flat=True).first() or 0) + 1


class SideForm(forms.ModelForm):
    """A row that belongs to one country or organization: `side` names the pair of columns."""

    side = ""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        country, organization = (cleaned.get(f"{self.side}_{kind}") for kind in ("country", "organization"))
        if country and organization:
            self.add_error(f"{self.side}_organization", _("Choose a country or an organization, not both."))
        if not country and not organization and f"{self.side}_country" in self.fields:
            self.default_side(cleaned)
        return cleaned

    def default_side(self, cleaned: dict[str, Any]) -> None:
        """Fill the side from what is known, or say that it is missing."""
        if not self.errors.get(f"{self.side}_country"):
            self.add_error(f"{self.side}_country", _("Choose a country or an organization."))

    def _get_validation_exclusions(self) -> set[str]:
        # What `clean` said at the field is not said again by the constraint.
        excluded = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded | {name for name in self.errors if name in self.fields}


class VisitForm(SideForm, DeskForm):
    side = "guest"


class DelegationForm(SideForm):
    """The sender of a visit's delegation is its guest unless another one is named."""

    side = "sender"

    def default_side(self, cleaned: dict[str, Any]) -> None:
        visit = self.instance.visit  # which may be new itself
        if visit is None or not (visit.guest_country or visit.guest_organization):
            super().default_side(cleaned)
            return
        cleaned["sender_country"], cleaned["sender_organization"] = visit.guest_country, visit.guest_organization

    def has_changed(self) -> bool:
        """A delegation whose members were typed is meant, even where its own fields are left as they are."""
        return super().has_changed() or self._has_typed_members()

    def _has_typed_members(self) -> bool:
        start, management = f"{self.prefix}-members-", ("_FORMS", "-id", "-delegation", "-position")
        typed = (name for name in self.data if name.startswith(start) and not name.endswith(management))
        return not self.instance.pk and any(self.data.get(name) for name in typed if "__prefix__" not in name)


class DelegationPageForm(DelegationForm, DeskForm):
    """The delegation on a page of its own."""


class ParticipantForm(SideForm):
    """Somebody from a delegation need not be described again: side, person and post are the member's."""

    side = "side"

    def clean(self) -> dict[str, Any] | None:
        member = self.cleaned_data.get("member")
        if isinstance(member, Member):
            for name in ("official", "post"):
                if not self.cleaned_data.get(name):
                    self.cleaned_data[name] = getattr(member, name)
            if not self.cleaned_data.get("side_country") and not self.cleaned_data.get("side_organization"):
                self.cleaned_data["side_country"] = member.delegation.sender_country
                self.cleaned_data["side_organization"] = member.delegation.sender_organization
        return super().clean()


class MemberFormSet(DeskFormSet):
    """Members of a delegation: one head at most, who may be another one than before."""

    def clean(self) -> None:
        super().clean()
        heads = [form for form in self._kept() if form.cleaned_data.get("head")]
        if len(heads) > 1:
            raise ValidationError(_("A delegation has one head: mark one member only."), code="two-heads")

    def save(self, commit: bool = True) -> Any:
        if self.instance.pk and any(form.cleaned_data.get("head") and form.has_changed() for form in self._kept()):
            # The old head steps down first: the database knows of one head at a time.
            for form in self.initial_forms:
                if form.instance.pk and not form.cleaned_data.get("head"):
                    Member.objects.filter(pk=form.instance.pk, head=True).update(head=False)
        return super().save(commit)

    def _kept(self) -> list[ModelForm]:
        return [form for form in self.forms if hasattr(form, "cleaned_data") and form not in self.deleted_forms]


class MemberForm(forms.ModelForm):
    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() | {"head"}  # type: ignore[misc]  # see MemberFormSet

"""Who may come in: people, groups, API tokens."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.db.models import QuerySet
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from visits.access import digest_of, new_token
from visits.models import ApiToken

for model in (User, Group):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class PermissionField(ModelMultipleChoiceField):
    """What Django keeps in English is said in the language of whoever gives permissions."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.content_type} | {_words(obj)}"


_VERBS = {
    "add": gettext_lazy("Can add %(name)s"),
    "change": gettext_lazy("Can change %(name)s"),
    "delete": gettext_lazy("Can delete %(name)s"),
    "view": gettext_lazy("Can view %(name)s"),
}


def _words(permission: Permission) -> str:
    verb, _underscore, name = permission.codename.partition("_")
    model = permission.content_type.model_class()
    if model and verb in _VERBS and name == model._meta.model_name:
        return str(_VERBS[verb] % {"name": model._meta.verbose_name})
    return gettext(permission.name)


class _GivesPermissions(ModelAdmin):
    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.related_model is Permission:
            known = Permission.objects.select_related("content_type")
            kwargs |= {"form_class": PermissionField, "queryset": kwargs.get("queryset", known)}
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, _GivesPermissions):
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_filter = ("is_staff", "is_active", "groups")


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, _GivesPermissions):
    pass


@admin.register(ApiToken)
class ApiTokenAdmin(ModelAdmin):
    """One's own tokens; an administrator sees and revokes all. The token itself is shown once."""

    list_display = ("name", "user", "created_at", "last_used_at")
    list_select_related = ("user",)
    fields = ("name",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.filter(user=request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: Any) -> None:
        obj.user = request.user  # type: ignore[assignment]
        token = new_token()
        obj.digest = digest_of(token)
        super().save_model(request, obj, form, change)
        messages.warning(request, gettext("Your token, shown this once: %(token)s") % {"token": token})

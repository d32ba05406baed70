from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.db.models import GeneratedField, Model
from django.utils.translation import gettext_lazy


class VisitsConfig(AppConfig):
    name = "visits"
    verbose_name = gettext_lazy("Diplomatic visits")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Forms say what a field is called in the language of their reader, without a line for each field."""
        for model in self._own_models():
            meta = model._meta
            meta.verbose_name, meta.verbose_name_plural = _lazy(meta.verbose_name), _lazy(meta.verbose_name_plural)
            for field in _fields(model):
                field.verbose_name, field.help_text = _lazy(field.verbose_name), _lazy(field.help_text)

    def words(self) -> Iterator[tuple[str, str]]:
        """What forms and pages say of models and fields, with their modules: messages to translate."""
        for model in self._own_models():
            texts = [model._meta.verbose_name, model._meta.verbose_name_plural]
            texts += [name for _codename, name in model._meta.permissions]
            for field in _fields(model):
                if not isinstance(field, GeneratedField):
                    texts += [field.verbose_name, field.help_text if field.editable else ""]
            yield from ((model.__module__, str(text)) for text in texts if text)

    def _own_models(self) -> Iterator[type[Model]]:
        """Without the tables that triggers fill with the history of others."""
        return (model for model in self.get_models() if not hasattr(model, "pgh_tracked_model"))


def _lazy(text: Any) -> Any:
    """Django makes plurals itself, of what it has not translated: a lazy text is taken as it stands in the code."""
    return gettext_lazy(str(text)) if text else text


def _fields(model: type[Model]) -> list[Any]:
    return [field for field in model._meta.local_fields + model._meta.local_many_to_many if not field.primary_key]

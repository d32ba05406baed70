"""How the OpenAPI document is made."""

from typing import Any

from drf_spectacular.openapi import AutoSchema


class Schema(AutoSchema):
    """Our lists are objects with `results`, as their documents say; nothing has to be wrapped."""

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False

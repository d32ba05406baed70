"""A variable that one of our templates names and nobody gave is an error; other people's templates may."""

import inspect
from pathlib import Path

from django.template.base import Node, Origin

from tracker.state import CHECKOUT


class UndefinedVariable(Exception):
    """A template of the tracker uses a variable that its context does not have."""


class FailOnUndefined(str):
    """For `string_if_invalid`: Django fills in the variable's name with `%`."""

    def __mod__(self, variable: object) -> str:
        origin = _origin()
        if origin is None or not _is_ours(origin):
            return ""
        raise UndefinedVariable(f"{variable} in {origin.template_name}")


def _origin() -> Origin | None:
    """The template of the node that is being rendered: the nearest one up the stack."""
    frame = inspect.currentframe()
    while frame:
        node = frame.f_locals.get("self")
        if isinstance(node, Node) and getattr(node, "origin", None):
            return node.origin
        frame = frame.f_back
    return None


def _is_ours(origin: Origin) -> bool:
    path = Path(origin.name)
    return path.is_relative_to(CHECKOUT) and "site-packages" not in path.parts

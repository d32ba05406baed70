"""The catalogues of translations: what there is to translate, what is missing, and their compiled form.

`make messages` brings `locale/*/LC_MESSAGES/django.po` up to the code and says what waits for a translator; with
`--check` nothing is written, and what is missing fails. The compiled `.mo` is made by `make`, never committed.
Babel does what the gettext programs do elsewhere: a bare machine has none of them.
"""

import argparse
import ast
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tracker.state import CHECKOUT

LOCALE = CHECKOUT / "locale"
_CODE, _TEMPLATES = ("tracker", "visits"), "templates"
_KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{\w*\}")
_TAG = re.compile(r"</?\w+")
HEADER = "# Written by `make messages`; translations are written here by hand (docs/translating.md)."
_CHANGING = re.compile(
    rb'^"(?:Project|Report|POT|PO-Rev|Last-T|Language-T|Generated)[^\n]*\n', re.MULTILINE
)  # by itself
Found = tuple[str, str | tuple[str, ...], str | None]  # file, message (its plural too), context


@dataclass(frozen=True)
class Fault:
    """Why a catalogue is not complete."""

    language: str
    message: str
    why: str

    def __str__(self) -> str:
        return f"{self.language}: {self.why}: {self.message}"


def catalogues() -> dict[str, Path]:
    """Each language with the file of its translations; English is in the code itself."""
    return {path.parts[-3]: path for path in sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))}


# what there is to translate


def found() -> Iterator[Found]:
    """Every message of code, templates and models, and of the desk's frame, which has no catalogue of its own."""
    for folder in _CODE:
        for path in sorted((CHECKOUT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield from _in_python(_name(path), path.read_bytes())
    for path in sorted((CHECKOUT / _TEMPLATES).rglob("*.*ml")) + sorted((CHECKOUT / _TEMPLATES).rglob("*.svg")):
        yield from _in_template(_name(path), path.read_text())
    yield from _in_models()
    yield from _in_frame()


def _name(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


def _in_python(name: str, source: bytes) -> Iterator[Found]:
    for _line, function, message, _comments in extract_python(BytesIO(source), _KEYWORDS, [], {}):
        yield from _message(name, str(function or ""), message)


def _in_template(name: str, source: str) -> Iterator[Found]:
    """Django writes a template as code; a line that begins too far right would be no Python."""
    from django.utils.translation.template import templatize

    code = "\n".join(line.strip() for line in templatize(source, origin=name).splitlines())
    for call in _CALL.finditer(code):
        parts = ast.literal_eval(f"({call['arguments']},)")
        texts = [part for part in parts if isinstance(part, str)]
        yield from _message(name, call["function"], tuple(texts))


_STRING = r"u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_ARGUMENTS = rf"{_STRING}(?:,\s*{_STRING})*"
_CALL = re.compile(rf"\b(?P<function>n?p?gettext|_)\((?P<arguments>{_ARGUMENTS})(?:,\s*count)?\)", re.DOTALL)


def _message(name: str, function: str, message: object) -> Iterator[Found]:
    texts = message if isinstance(message, tuple) else (message,)
    if not function or not all(isinstance(text, str) for text in texts if text is not None):
        return
    words = tuple(text for text in texts if isinstance(text, str))
    takes = 1 + ("ngettext" in function or "npgettext" in function)
    has_context = function.startswith(("pgettext", "npgettext"))
    if not words or len(words) < takes + has_context or not words[has_context]:
        return
    context = words[0] if has_context else None
    own = words[has_context : has_context + takes]
    yield name, own if takes == 2 else own[0], context


def _in_models() -> Iterator[Found]:
    """The words for models and their fields (the app has them translated when it is ready)."""
    from django.apps import apps

    for module, text in cast(Any, apps.get_app_config("visits")).words():
        yield module.replace(".", "/") + ".py", text, None


def _in_frame() -> Iterator[Found]:
    """The words of django-unfold that Django's own catalogue does not have."""
    import unfold
    from django.contrib import admin, auth
    from django.utils import translation

    known = set()
    for module in (admin, auth):
        with (Path(str(module.__file__)).parent / "locale/ru/LC_MESSAGES/django.po").open("rb") as file:
            known |= {message.id for message in read_po(file)}
    with (Path(str(translation.__file__)).parents[2] / "conf/locale/ru/LC_MESSAGES/django.po").open("rb") as file:
        known |= {message.id for message in read_po(file)}
    folder = Path(str(unfold.__file__)).parent
    shown = [path for path in sorted(folder.rglob("*.html")) if _IS_SHOWN.search(path.as_posix())]
    for path in [*shown, *sorted(folder.glob("*.py"))]:
        read = _in_template(path.name, path.read_text()) if path in shown else _in_python(path.name, path.read_bytes())
        for _file, message, context in read:
            if message not in known and (message[0] if isinstance(message, tuple) else message) not in known:
                yield "django-unfold", message, context


_IS_SHOWN = re.compile(r"/unfold/templates/(?:unfold|admin|registration)/")


def template() -> Catalog:
    """All messages, by file; the same code gives the same catalogue."""
    whole = Catalog(charset="utf-8")
    for name, message, context in found():
        known = whole.get(message if isinstance(message, str) else message[0], context)
        if known is not None and isinstance(message, str) and isinstance(known.id, tuple):
            known.locations = [*known.locations, (name, 0)] if (name, 0) not in known.locations else known.locations
        else:
            whole.add(message, locations=[(name, 0)], context=context)
    return whole


# what is missing


def faults(language: str, catalogue: Catalog, wanted: Catalog) -> Iterator[Fault]:
    """What of the code has no translation, or one that would not do; and what the code has no longer."""
    for message in wanted:
        if not message.id:
            continue
        there = catalogue.get(_first(message), message.context)
        if there is None or (isinstance(message.id, tuple) and not isinstance(there.id, tuple)):
            yield Fault(language, _first(message), "not in the catalogue")
        else:
            yield from (Fault(language, _first(message), why) for why in _flaws(there, catalogue.num_plurals))
    for message in catalogue:
        if message.id and wanted.get(_first(message), message.context) is None:
            yield Fault(language, _first(message), "not in the code any more")


def _first(message: Message) -> str:
    return message.id[0] if isinstance(message.id, (tuple, list)) else str(message.id)


def _flaws(message: Message, plurals: int) -> Iterator[str]:
    if message.fuzzy:
        yield "marked as fuzzy"
    forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    if isinstance(message.id, (tuple, list)) and len(forms) != plurals:
        yield f"{len(forms)} plural forms, not {plurals}"
    if not all(form and form.strip() for form in forms):
        yield "not translated"
        return
    ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
    for form in filter(None, forms):
        # A first form may do without the number only where it stands for 1 alone: in Russian it is that of 21 too.
        if all(_marks(form) != _marks(text) for text in (ids if plurals < 3 else ids[-1:])):
            yield f"other placeholders or tags in “{form}”"
        elif any(form[at].isspace() != ids[0][at].isspace() for at in (0, -1)):
            yield f"another space at the end of “{form}”"


def _marks(text: str) -> list[str]:
    return sorted(
        [match.group() for match in _PLACEHOLDER.finditer(text)] + _TAG.findall(text) + ["%%"] * text.count("%%")
    )


# the files


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def bring_up(path: Path, wanted: Catalog) -> None:
    """The catalogue with just the messages of the code: translations are kept, new ones stand empty."""
    old = read(path)
    new = Catalog(locale=path.parts[-3], charset="utf-8", fuzzy=False, header_comment=HEADER)
    for message in wanted:
        if message.id:
            there = old.get(_first(message), message.context)
            kept = there is not None and isinstance(there.id, tuple) == isinstance(message.id, tuple)
            flags = there.flags if there is not None and kept else ()
            string = there.string if there is not None and kept else None
            new.add(message.id, string, message.locations, flags=flags, context=message.context)
    target = BytesIO()
    write_po(target, new, width=120, include_lineno=False, sort_by_file=True)
    path.write_bytes(_CHANGING.sub(b"", target.getvalue()))


def compiled(catalogue: Catalog) -> bytes:
    target = BytesIO()
    write_mo(target, catalogue)
    return target.getvalue()


def compile_all() -> None:
    """Write each `.mo` that is not what its catalogue gives; another process may do the same at the same time."""
    for path in catalogues().values():
        target = path.with_suffix(".mo")
        content = compiled(read(path))
        if not target.exists() or target.read_bytes() != content:
            own = target.with_suffix(f".{os.getpid()}")
            own.write_bytes(content)
            own.replace(target)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make messages", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail on what is missing")
    parser.add_argument("--compile", action="store_true", help="only write the compiled catalogues")
    options = parser.parse_args()
    if options.compile:
        compile_all()
        return 0
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    import django

    django.setup()
    wanted = template()
    missing: list[Fault] = []
    for language, path in catalogues().items():
        if not options.check:
            bring_up(path, wanted)
        missing += faults(language, read(path), wanted)
    for fault in missing:
        print(fault)
    print(f"{len(wanted)} messages, {len(missing)} missing or wrong")
    if not options.check:
        compile_all()
    return int(bool(missing) and options.check)


if __name__ == "__main__":
    sys.exit(main())

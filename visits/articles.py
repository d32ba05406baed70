"""Articles by their address: fetched once, kept with their run, so that a load that goes on does not ask again."""

from typing import Any

from django.utils.translation import gettext as _

from .fetching import ARTICLE_TYPES, Fetched, FetchError, check_address, fetch
from .imports.reading import InputFile, Reader, Unreadable, UnreadableInput, file_name
from .imports.registry import READERS
from .models import ImportFile

Input = tuple[InputFile, Reader]


def is_address(path: str) -> bool:
    return path.lower().startswith(("http://", "https://"))


def address_of(url: str) -> str:
    """The address as it is fetched; UnreadableInput when it is none that is."""
    try:
        return str(check_address(url))
    except FetchError as refused:
        raise _unreadable(url, refused) from refused


def fetched(stored: ImportFile) -> Input:
    """A file that has an address, with its reader; fetched and kept unless it was already."""
    content = bytes(stored.content)
    if not content:
        try:
            found = fetch(stored.origin["url"], ARTICLE_TYPES)
            content, origin = found.content, {**stored.origin, **origin_of(found)}
            file = InputFile.of(stored.name, content, origin)
        except (FetchError, UnreadableInput) as problem:
            return _broken(stored.name, problem)
        stored.content, stored.origin, stored.sha256 = content, origin, file.sha256
        stored.save(update_fields=["content", "origin", "sha256"])
    return InputFile.of(stored.name, content, stored.origin), READERS["article"]


def fetched_from(url: str) -> Input:
    """An article in this process, kept nowhere."""
    try:
        found = fetch(url, ARTICLE_TYPES)
        return InputFile.of(url, found.content, origin_of(found)), READERS["article"]
    except (FetchError, UnreadableInput) as problem:
        return _broken(url, problem)


def origin_of(found: Fetched) -> dict[str, str]:
    """Where it comes from, as readers are told it; what is empty is left out."""
    known: dict[str, Any] = {
        "url": found.url,
        "type": found.type,
        "charset": found.charset,
        "retrieved_at": found.retrieved_at.isoformat(timespec="seconds"),
    }
    return {name: value for name, value in known.items() if value}


def _broken(name: str, problem: FetchError | UnreadableInput) -> Input:
    error = problem if isinstance(problem, UnreadableInput) else _unreadable(name, problem)
    return InputFile(error.file, "", 0, content=b""), Unreadable(error)


def _unreadable(url: str, refused: FetchError) -> UnreadableInput:
    advice = " " + _("It may work later: try again.") if refused.passing else ""
    return UnreadableInput(file_name(url), refused.code, f"{refused.detail}{advice}", field="url", value=url)

"""Texts on disk as documents: a .json file with "text", a .txt file, or a folder of both."""

import json
from collections.abc import Iterator
from pathlib import Path

from .document import Document

MAX_BYTES = 20_000_000


class UnreadableText(Exception):
    """The path or file gives no text; the message says why, for a person."""


def documents(path: Path) -> Iterator[tuple[str, Document]]:
    """(id, document) for each text at a path, in the order of names. Only what a reader may know is looked at:
    a file's labels, if it has any, are not."""
    if path.is_dir():
        files = sorted(p for p in path.iterdir() if p.suffix in (".json", ".txt") and p.is_file())
        if not files:
            raise UnreadableText(f"{path} holds no .json or .txt file")
        for file in files:
            yield document_at(file)
    else:
        yield document_at(path)


def document_at(path: Path) -> tuple[str, Document]:
    """The one document in a file; UnreadableText when there is none."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableText(f"{path} is larger than {MAX_BYTES:,} bytes")
        raw = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UnreadableText(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UnreadableText(f"{path} is no UTF-8 text") from error
    if path.suffix != ".json":
        return path.stem, Document(raw)
    try:
        data = json.loads(raw)
    except (json.JSONDecodeError, RecursionError) as error:
        raise UnreadableText(f"{path} is no JSON: {error}") from error
    if not isinstance(data, dict) or not isinstance(data.get("text"), str):
        raise UnreadableText(f'{path} has no "text"')
    known = {key: data[key] for key in ("title", "published", "publisher", "url") if isinstance(data.get(key), str)}
    return str(data.get("id") or path.stem), Document(data["text"], **known)

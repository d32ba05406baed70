"""The text of a PDF. Run as a program: PDF on standard input, JSON on standard output.

A PDF can be made to eat time and memory: it is read in a process of its own, with limits that the system holds.
"""

import io
import json
import re
import resource
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

MAX_PDF_BYTES = 20 * 2**20
MAX_PAGES = 300
MAX_CHARACTERS = 1_000_000
_SECONDS = 20
_MEMORY = 2**30
_HARD_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad]$")
_ENDS = (".", "!", "?", ":", ";", "”", "»", '"')
_TOO_MUCH = "It takes too much time or memory to read."


class NoText(Exception):
    """The message says why a PDF gives no text."""


@lru_cache(maxsize=2)  # a file is checked first, then read
def text_of(content: bytes) -> dict[str, str]:
    """`text` and `title` of a PDF; NoText when it has none, is locked, broken, or too much."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(Path(__file__).resolve())],
            input=content,
            capture_output=True,
            timeout=_SECONDS + 10,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NoText(_TOO_MUCH) from None
    if done.returncode:
        raise NoText(_TOO_MUCH)
    found: dict[str, str] = json.loads(done.stdout)
    if problem := found.get("problem"):
        raise NoText(problem)
    return found


def _read(content: bytes) -> dict[str, str]:
    import pypdf
    from pypdf.errors import PyPdfError

    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            return {"problem": "It is locked with a password."}
        pages, size = [], 0
        for page in reader.pages[:MAX_PAGES]:
            pages.append(page.extract_text()[: MAX_CHARACTERS - size])
            size += len(pages[-1])
            if size >= MAX_CHARACTERS:
                break
        title = str((reader.metadata and reader.metadata.title) or "")
    except MemoryError:
        raise
    except (PyPdfError, RecursionError, ImportError) as error:
        return {"problem": f"It is no whole PDF, or one that cannot be read: {error}."[:300]}
    except Exception as error:  # a broken PDF can raise anything
        return {"problem": f"It is no whole PDF: {type(error).__name__}."}
    text = "\n\n".join(filter(None, map(paragraphs, pages)))
    if not re.search(r"\w", text):
        return {"problem": "It holds no text: it is perhaps a scan."}
    return {"text": text, "title": " ".join(title.split())[:500]}


def paragraphs(page: str) -> str:
    """The lines of a page joined to paragraphs: a line that is nearly full and ends no sentence goes on."""
    lines = [line.strip() for line in page.splitlines()]
    widths = sorted(len(line) for line in lines if line)
    full = 0.7 * widths[int(len(widths) * 0.9)] if widths else 0
    joined: list[str] = []
    goes_on = False
    for line in lines:
        if goes_on and line:
            before = joined[-1]
            if _HARD_HYPHEN.search(before) and line[:1].islower():
                joined[-1] = before[:-1] + line
            else:
                joined[-1] = f"{before} {line}"
        else:
            joined.append(line)
        goes_on = len(line) >= full and not line.endswith(_ENDS)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(joined)).strip()


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    answer: dict[str, Any] = _read(sys.stdin.buffer.read())
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()

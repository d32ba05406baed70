"""Where a quote stands in a text."""

import re
from dataclasses import dataclass

AROUND = 60  # characters kept before and after a quote


@dataclass(frozen=True)
class Place:
    """Code points; how many times the quote occurs in all."""

    start: int
    end: int
    times: int


def find_quote(text: str, quote: str, near: int = 0) -> Place | None:
    """The place of the quote that begins nearest to `near`; white space may differ from the text's, nothing else."""
    words = quote.split()
    if not words:
        return None
    found = list(re.finditer(r"\s+".join(map(re.escape, words)), text))
    if not found:
        return None
    best = min(found, key=lambda match: abs(match.start() - near))
    return Place(best.start(), best.end(), len(found))

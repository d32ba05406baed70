"""What somebody typed: its words and its operators."""

import re
from dataclasses import dataclass
from functools import cached_property

from visits import names

MAX_QUERY = 200
MOST_WORDS = 12
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″", '"'))
_PART = re.compile(r'(-?)"([^"]*)"?|(\S+)')


@dataclass(frozen=True)
class Asked:
    """A text that was typed. `alternatives` are its words without operators, split where it says “or”."""

    typed: str

    @cached_property
    def text(self) -> str:
        cleaned = names.clean(self.typed[: 4 * MAX_QUERY])[:MAX_QUERY].translate(_QUOTES)
        return " ".join(cleaned.split()[:MOST_WORDS])

    @cached_property
    def has_operators(self) -> bool:
        return '"' in self.text or bool(re.search(r"(?i)(?:^|\s)(?:-[^\W_]|or(?=\s|$))", self.text))

    @cached_property
    def alternatives(self) -> list[str]:
        found: list[list[str]] = [[]]
        for minus, quoted, word in _PART.findall(self.text):
            if word.lower() == "or" and self.has_operators:
                found.append([])
            elif not minus and not word.startswith("-"):
                found[-1].append(quoted or word)
        return [text for words in found if names.search_key(text := " ".join(words))]

    @cached_property
    def words(self) -> str:
        """All that may be found, without what must not be there."""
        return " ".join(self.alternatives)

    @cached_property
    def key(self) -> str:
        return names.search_key(self.words)

    @cached_property
    def one_by_one(self) -> "Asked":
        """The same with any of its words, for a text that nothing has all of."""
        words = [word for word in self.words.split() if len(names.search_key(word)) > 2]
        return Asked(" or ".join(words[: MOST_WORDS // 2]) if len(words) > 1 else "")

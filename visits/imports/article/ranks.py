"""The rank of a printed post, by the ordered lists of `posts.toml`."""

import re
from functools import cache

from visits import enums, names

from . import lexicon
from .lexicon import phrase_pattern


@cache
def rank_of(post: str, language: str) -> enums.Rank:
    """The first line of the lexicon that fits; `other` when none does."""
    for item in lexicon.table(language, "posts").get("rank", ()):
        if phrase_pattern(tuple(item["words"])).search(post):
            return enums.Rank(item["rank"])
    return enums.Rank.OTHER


_STATE = r"(?:republic|kingdom|state|federation|union|commonwealth)"


def title_of(post: str, country_words: list[str]) -> str:
    """The post without its country: "Turkmen Foreign Minister" is a Foreign Minister, and so is that of Turkmenistan.

    "Secretary General of the Japanese Cabinet of Ministers" is one of the Cabinet of Ministers.
    """
    title = names.clean(post)
    for word in sorted(country_words, key=len, reverse=True):
        for lead in (f"{word}'s ", f"{word}’s ", f"{word} "):
            if title.casefold().startswith(lead.casefold()):
                title = title[len(lead) :]
        country = re.escape(word)
        title = re.sub(rf"\b(of the) {country}(?:'s|’s)? (?=\w)", r"\1 ", title, flags=re.IGNORECASE)
        behind = rf"(?<=\w) of (?:the )?(?:(?:\w+ )?{_STATE} of )?(?:the )?{country}"
        title = re.sub(rf"{behind}$", "", title, flags=re.IGNORECASE)
    return title


@cache
def office_of(title: str, country: str, language: str) -> tuple[str, enums.Rank] | None:
    """The office that texts call by another title in this country, with its rank: the lexicon's `office` lines."""
    for item in lexicon.table(language, "posts").get("office", ()):
        if item["country"] == country and phrase_pattern(tuple(item["words"])).fullmatch(title):
            return item["title"], enums.Rank(item["rank"])
    return None

"""The rank of a printed post, by the ordered lists of `posts.toml`."""

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


def title_of(post: str, country_words: list[str]) -> str:
    """The post without the country's name in front: "Turkmen Foreign Minister" is a Foreign Minister."""
    title = names.clean(post)
    for word in sorted(country_words, key=len, reverse=True):
        for lead in (f"{word}'s ", f"{word}’s ", f"{word} "):
            if title.casefold().startswith(lead.casefold()):
                return title[len(lead) :]
    return title

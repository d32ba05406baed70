"""Names within English sentences: some stand with an article there, none does in a table."""

import re

from django.utils.translation import get_language

_WITH_ARTICLE = re.compile(
    r"(United|Democratic|Dominican|Central African|European|African) |(Republic|Kingdom|Union|Federation) of "
    r"|.* (Islands|Republic|Union|Emirates|States|Kingdom|Antilles|Nations)$"
    r"|(Netherlands|Philippines|Bahamas|Gambia|Maldives|Comoros|Seychelles|Holy See)$"
)


def in_words(name: str) -> str:
    """“the United States”; in other languages the name as it is."""
    english = (get_language() or "en").startswith("en")
    return f"the {name}" if english and _WITH_ARTICLE.match(name) else name

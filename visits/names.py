"""Printed text and names: cleaning, and the keys by which names are compared and searched."""

import re
import unicodedata

from anyascii import anyascii

MAX_NAME = 300
# Format characters (zero-width, bidirectional marks, soft hyphens) and controls; white space is folded before.
_INVISIBLE = {"Cf", "Cc", "Cs", "Co", "Cn"}
_APOSTROPHES = re.compile(r"['’‘ʼʻ`´ʹ′]")
_TITLES = {
    "mr", "mrs", "ms", "miss", "dr", "prof", "professor", "sir", "lord", "lady", "dame", "he", "hon", "honourable",
    "honorable", "excellency", "highness", "majesty", "sheikh", "sheik", "shaikh", "general", "gen", "colonel", "col",
    "field", "marshal", "don", "tun", "tan", "sri", "dato", "datuk", "haji",
}  # fmt: skip
_SUFFIXES = {"jr", "sr", "ii", "iii", "iv", "3rd", "2nd"}
_NUMERALS = {
    "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi", "xxiii",
}  # fmt: skip


def clean(text: str) -> str:
    """Printed text with white space folded (line wraps, NBSP) and invisible characters gone; NFC."""
    text = unicodedata.normalize("NFC", " ".join(str(text).split()))
    if text.isascii() and text.isprintable():
        return text
    return " ".join("".join(c for c in text if unicodedata.category(c) not in _INVISIBLE).split())


def search_key(text: str) -> str:
    """Lower-case ASCII words: `Raşit Meredow` -> `rasit meredow`, `Côte d’Ivoire` -> `cote divoire`."""
    ascii_text = anyascii(_APOSTROPHES.sub("", clean(text))).casefold()
    return " ".join(re.findall(r"[a-z0-9]+", ascii_text))


def name_tokens(name: str) -> list[str]:
    """The words that tell a person apart, in order: no honorifics, no suffixes, no initials' dots."""
    words = search_key(name.replace(".", ". ")).split()
    core = [word for word in words[:-1] if word not in _TITLES] + words[-1:]  # Liu He is no excellency
    while len(core) > 1 and core[-1] in _SUFFIXES and not (len(core) == 2 and core[-1] in _NUMERALS):
        core.pop()
    return core or words


def name_key(name: str) -> str:
    """One key for one spelling of a person's name in any order of its words, initials left out."""
    tokens = name_tokens(name)
    numbered = len(tokens) == 2 and tokens[1] in _NUMERALS
    return " ".join(sorted(token for token in tokens if len(token) > 1 or numbered) or sorted(tokens))


def slug(text: str, length: int = 60) -> str:
    """The readable part of a URL; never empty, cut between words."""
    words = search_key(text).replace(" ", "-")
    if len(words) > length:
        words = words[:length].rpartition("-")[0] or words[:length]
    return words or "record"


def has_mixed_scripts(word: str) -> bool:
    """Whether one word mixes Latin and Cyrillic letters: a misprint or a disguise."""
    scripts = {unicodedata.name(c, "").split(" ")[0] for c in word if c.isalpha()}
    return {"LATIN", "CYRILLIC"} <= scripts

"""Printed text and names: cleaning, and the keys by which names are compared and searched."""

import re
import unicodedata

from anyascii import anyascii
from django.utils.translation import gettext as _

from . import scripts

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
    text = clean(text)
    if text.isascii():
        ascii_text = _APOSTROPHES.sub("", text).lower()
    else:  # pictures have names there, which nobody wrote
        text = "".join(" " if unicodedata.category(c) == "So" else c for c in text)
        # again behind it: soft signs become apostrophes
        ascii_text = _APOSTROPHES.sub("", anyascii(_APOSTROPHES.sub("", text))).casefold()
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


# How a name sounds

# One sound for what transliterations into Latin letters write in several ways (w/v, kh/h, sh/s, zh/j, y/i, ou/u ...):
# Meredow and Meredov, Rashid and Raşit, Nazarbayev and Nasarbajew, Lukashenko and Loukachenko. In this order, over
# words with a space before and behind each; with brackets it is a pattern. The SQL twin is in migration 0009; a test
# compares them.
SOUNDS = (
    ("shch", "s"), ("tsch", "ch"), ("tch", "ch"), ("cz", "ch"), ("dsch", "zh"), ("dzh", "zh"), ("sch", "s"),
    ("sh", "s"), ("ch", "s"), ("zh", "j"), (" dj", " j"), ("kh", "h"), ("gh", "g"), ("ph", "f"), ("th", "t"),
    ("dh", "t"), ("bh", "b"), ("ck", "k"), ("ce", "se"), ("ci", "si"), ("cy", "sy"), ("c ", "s "), ("c", "k"),
    ("q", "k"), ("g", "k"), ("x", "ks"), ("ts", "s"), ("tz", "s"), ("z", "s"), ("d", "t"), ("ou", "u"), ("oo", "u"),
    ("eu", "u"), ("eo", "u"), ("o", "u"), ("ee", "i"), ("y", "i"), ("w", "v"), ("ff ", "f "), ("ef ", "ev "),
    ("uf ", "uv "), ("(?<=[a-z])j", "i"), ("ii", "i"), ("ie", "e"),
    ("(?<=[b-df-hj-np-tv-z])iu(?=[b-df-hj-np-tv-z])", "e"),
    ("ine ", "in "), ("ah ", "a "), ("eh ", "e "), ("ih ", "i "), ("uh ", "u "),
    ("m[aeu][hk][au]?m+[ae]t", "muhamet"), (r"([a-z])\1+", r"\1"),
)  # fmt: skip
_PATTERNS = {pattern: re.compile(pattern) for pattern, _sound in SOUNDS if "[" in pattern}
_PATRONYMIC = re.compile(
    "[a-z]{3,}(?:[oe]v(?:ich|ych|itch|ic|na)|inichna|ichna|ivna|ogly|oglu|uly|uulu|kyzy|kizi|qizi|gizi)"
    "|ogly|oglu|uly|uulu|kyzy|kizi|qizi"
)


def sound_key(text: str) -> str:
    """The words of a search key as they sound: equal for most spellings that transliteration gives one name."""
    return _sounds(search_key(text))


def _sounds(key: str) -> str:
    key = f" {key} "
    for written, sound in SOUNDS:
        pattern = _PATTERNS.get(written)
        key = pattern.sub(sound, key) if pattern else key.replace(written, sound)
    return " ".join(key.split())


def bare_key(text: str) -> str:
    """The consonants of a sound key: what Arabic and Hebrew, which write no vowels, share with other scripts."""
    bare = (re.sub("(?<=.)h$", "", re.sub("[aeiuv]", "", word)) for word in sound_key(text).split())
    return " ".join(filter(None, bare))


def without_patronymic(tokens: list[str]) -> list[str]:
    """`rashid ovezgeldyevich meredov` -> `rashid meredov`, where two other words are left."""
    others = [word for word in tokens if not _PATRONYMIC.fullmatch(word)]
    return others if len(others) > 1 else tokens


def person_sound(name: str) -> str:
    """One key for one person's name in most spellings, any order, with or without patronymic, initials, suffix.

    Two names with one such key are likely one name; they need not be one person.
    """
    tokens = without_patronymic(name_tokens(name))
    if (last := (search_key(name).split() or [""])[-1]) in _NUMERALS and len(last) > 1 and last not in tokens:
        tokens = [*tokens, last]  # John Paul II
    numbered = len(tokens) == 2 and tokens[1] in _NUMERALS
    words = [token for token in tokens if len(token) > 1 or numbered] or tokens
    return " ".join(sorted(word if word in _NUMERALS else _sounds(word) for word in words))


# What is no name


def flaw(text: str) -> str:
    """Why this is no name of a person or body, in words that say how to mend it; "" when it may be one."""
    if found := disguise(text):
        return found
    return "" if any(c.isalpha() for c in clean(text)) else _("It has no letter: write the name.")


def disguise(text: str) -> str:
    """Why this name may read like another one without being it, in words that say how to mend it; else "".

    What shows nothing is cleaned away at the edges of words; inside a word it makes two names that look alike.
    """
    if text.isascii():
        return ""
    if (hidden := next(scripts.hidden_words(text), None)) is not None:
        return _("“%(word)s” holds characters that do not show: type the name anew.") % {"word": hidden[:80]}
    cleaned = clean(text)
    if sign := scripts.strange_sign(cleaned):
        return _("“%(sign)s” is no letter of a name: leave it out, or write plain letters.") % {"sign": sign}
    if mixed := scripts.mixed_word(cleaned):
        return _("“%(word)s” mixes letters of two scripts that look alike: type it anew in one script.") % {
            "word": mixed[:80]
        }
    return ""


def slug(text: str, length: int = 60) -> str:
    """The readable part of a URL; never empty, cut between words."""
    words = search_key(text).replace(" ", "-")
    if len(words) > length:
        words = words[:length].rpartition("-")[0] or words[:length]
    return words or "record"

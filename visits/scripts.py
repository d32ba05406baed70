"""Which script a text is written in, which language its letters give away, and letters that disguise it."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# The first word of a letter's Unicode name -> ISO 15924.
_SCRIPTS = {
    "LATIN": "Latn", "CYRILLIC": "Cyrl", "GREEK": "Grek", "ARABIC": "Arab", "HEBREW": "Hebr", "HANGUL": "Hang",
    "CJK": "Hani", "HIRAGANA": "Hira", "KATAKANA": "Kana", "KATAKANA-HIRAGANA": "Kana", "DEVANAGARI": "Deva",
    "BENGALI": "Beng", "TAMIL": "Taml", "TELUGU": "Telu", "KANNADA": "Knda", "MALAYALAM": "Mlym", "GUJARATI": "Gujr",
    "GURMUKHI": "Guru", "SINHALA": "Sinh", "THAI": "Thai", "LAO": "Laoo", "KHMER": "Khmr", "MYANMAR": "Mymr",
    "TIBETAN": "Tibt", "GEORGIAN": "Geor", "ARMENIAN": "Armn", "ETHIOPIC": "Ethi", "MONGOLIAN": "Mong",
    "THAANA": "Thaa", "SYRIAC": "Syrc", "TIFINAGH": "Tfng", "ORIYA": "Orya",
}  # fmt: skip
# What Japanese and Korean write in one text.
_TOGETHER = {
    frozenset(("Hani", "Hira")): "Jpan",
    frozenset(("Hani", "Kana")): "Jpan",
    frozenset(("Hira", "Kana")): "Jpan",
    frozenset(("Hani", "Hira", "Kana")): "Jpan",
    frozenset(("Hang", "Hani")): "Kore",
}
# Scripts of which some letters look like those of another one.
_ALIKE = {"Latn", "Cyrl", "Grek", "Armn"}
_LANGUAGE_OF_SCRIPT = {
    "Hang": "ko", "Kore": "ko", "Hira": "ja", "Kana": "ja", "Jpan": "ja", "Grek": "el", "Hebr": "he", "Thai": "th",
    "Geor": "ka", "Armn": "hy", "Khmr": "km", "Laoo": "lo", "Mymr": "my", "Sinh": "si", "Thaa": "dv", "Tibt": "dz",
    "Taml": "ta", "Telu": "te", "Knda": "kn", "Mlym": "ml", "Gujr": "gu", "Guru": "pa", "Orya": "or",
}  # fmt: skip
# Letters that of the states' languages only one has; two groups: one letter of each.
_LETTERS: dict[str, dict[str, tuple[str, ...]]] = {
    "Cyrl": {"uk": ("ґєї",), "kk": ("әұ",), "sr": ("ђћ",), "mk": ("ѓќѕ",), "tg": ("ӣӯҷ",)},
    "Latn": {
        "az": ("ə",), "pl": ("łęśźń",), "hu": ("őű",), "cs": ("řů",), "sk": ("ĺŕľ",), "is": ("ðþ",), "lv": ("ļņķģ",),
        "lt": ("ėų",), "ro": ("țșţ",), "mt": ("ħġċ",), "de": ("ß",), "tr": ("ğ", "ışçöü"), "tk": ("ň", "ýžşä"),
        "vi": ("ơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",),
    },
    "Arab": {"ur": ("ٹڈڑے",), "ug": ("ۋۇۆ",), "ps": ("ټډړږښ",)},
}  # fmt: skip
# What shows nothing: format characters, joiners, selectors, and fillers that count as letters.
_NOTHING = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
)
_HIDDEN = re.compile(rf"\w*[{_NOTHING}][\w{_NOTHING}]*")
_INSIDE = re.compile(rf"[^\W{_NOTHING}]([{_NOTHING}]+)(?=[^\W{_NOTHING}])")
# Anywhere in a word: what makes letters show in another order than they stand, and fillers that count as letters.
_NEVER = re.compile("[\u202d\u202e\u115f\u1160\u3164\uffa0]")
_JOINERS = {"\u200c", "\u200d"}
_JOINED = {"Arab", "Syrc", "Mong"} | {  # scripts whose spelling needs joiners
    "Deva", "Beng", "Taml", "Telu", "Knda", "Mlym", "Gujr", "Guru", "Sinh", "Orya", "Khmr", "Mymr",
}  # fmt: skip
_FANCY = {"<font>", "<circle>", "<square>"}


@lru_cache(maxsize=4096)
def script_of_letter(letter: str) -> str:
    """ISO 15924, "" for what is no letter or of a script that no state writes in."""
    if not letter.isalpha():
        return ""
    return _SCRIPTS.get(
        unicodedata.name(letter, "").removeprefix("FULLWIDTH ").removeprefix("HALFWIDTH ").split(" ")[0], ""
    )


def script_of(text: str) -> str:
    """The one script of a text (ISO 15924), or "" when it has several or none."""
    if text.isascii():
        return "Latn" if any(map(str.isalpha, text)) else ""
    found = {script_of_letter(c) for c in text if c.isalpha()} - {""}
    return next(iter(found)) if len(found) == 1 else _TOGETHER.get(frozenset(found), "")


def language_of(text: str) -> str:
    """The language (BCP 47) that the letters of a text give away; "" where they are of several."""
    script = script_of(text)
    if script in _LANGUAGE_OF_SCRIPT:
        return _LANGUAGE_OF_SCRIPT[script]
    letters = set(text.casefold())
    found = [
        language
        for language, groups in _LETTERS.get(script, {}).items()
        if all(letters.intersection(group) for group in groups)
    ]
    return found[0] if len(found) == 1 else ""


def mixed_word(text: str) -> str:
    """The first word with letters of two scripts that look alike (Latin a in a Cyrillic name), or ""."""
    if text.isascii():
        return ""
    for word in re.findall(r"[^\W\d_]+", text):
        if len({script_of_letter(c) for c in word} & _ALIKE) > 1:
            return word
    return ""


def hidden_words(text: str) -> Iterator[str]:
    """The words, as they show, that hold characters which do not: inside, or turning their order."""
    if text.isascii():
        return
    for match in _HIDDEN.finditer(text):
        word = match[0]
        if _NEVER.search(word) or any(not _joins(word, inside) for inside in _INSIDE.finditer(word)):
            yield re.sub(f"[{_NOTHING}]", "", word)


def _joins(word: str, inside: re.Match[str]) -> bool:
    """Whether the hidden character is a joiner that the spelling needs."""
    return set(inside[1]) <= _JOINERS and script_of_letter(word[inside.start()]) in _JOINED


def strange_sign(text: str) -> str:
    """The first emoji, pictograph or ornamental letter, or ""."""
    if text.isascii():
        return ""
    for sign in text:
        if (sign > "\u2190" and unicodedata.category(sign) == "So") or (
            sign > "\u2000" and unicodedata.decomposition(sign).split(" ")[0] in _FANCY
        ):
            return sign
    return ""

"""`python -m tests.cldr_names`: write to its file what CLDR, as Babel has it, calls countries in other languages."""

import json

from babel import Locale

from visits import names, reference

LANGUAGES = [
    "ar", "az", "be", "bg", "bn", "cs", "da", "de", "el", "et", "fa", "fi", "he", "hi", "hr", "hu", "hy", "id", "it",
    "ja", "ka", "kk", "ko", "ky", "lt", "lv", "mn", "ms", "nb", "nl", "pl", "pt", "ro", "sk", "sl", "sr", "sv", "sw",
    "tg", "th", "tk", "tr", "uk", "ur", "uz", "vi", "zh",
]  # fmt: skip
ORIGIN = (
    "Names of countries in other languages: Unicode CLDR as Babel has it (Unicode License v3); written by "
    "`python -m tests.cldr_names`. Only the search knows them."
)


def items() -> list[dict[str, object]]:
    """Per country the names that read like none of its names in the reference data."""
    found = []
    locales = [Locale.parse(language) for language in LANGUAGES]
    for country in reference.read("countries"):
        known = {names.search_key(text) for text in (country["name"], *(one["text"] for one in country["names"]))}
        fresh: dict[str, str] = {}
        for locale in locales:
            text = names.clean(locale.territories.get(country["code"], ""))
            if (key := names.search_key(text)) and key not in known:
                fresh.setdefault(key, text)
        if fresh:
            found.append({"code": country["code"], "names": sorted(fresh.values())})
    return found


if __name__ == "__main__":
    lines = ",\n".join(f"  {json.dumps(item, ensure_ascii=False)}" for item in items())
    text = f'{{\n "origin": {json.dumps(ORIGIN)},\n "items": [\n{lines}\n ]\n}}\n'
    (reference.FOLDER / "country-names.json").write_text(text, encoding="utf-8")

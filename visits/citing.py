"""How a record or a list is cited: one reference, written in every format of a registry.

The date of the data is the day of the record's last change; a list is cited as it was on the day of asking. A format
is one entry of FORMATS. Whatever a title holds, it stays one value: BibTeX by its own escapes, RIS on one line.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import dates

SITE = gettext_lazy("Diplomatic-visit tracker")


@dataclass(frozen=True)
class Reference:
    """What is cited: `key` names it in a bibliography, `url` lasts, `changed` is the date of the data."""

    key: str
    title: str
    url: str
    changed: date
    accessed: date
    is_list: bool = False
    uid: str = ""

    @property
    def text(self) -> str:
        return plain(self)


@dataclass(frozen=True)
class Format:
    name: str
    label: Any
    media_type: str
    write: Callable[[Reference], str]


def one_line(text: str) -> str:
    """The text without line breaks and characters that nobody sees."""
    kept = "".join(" " if char.isspace() else char for char in text if char.isspace() or _is_seen(char))
    return " ".join(kept.split())


def _is_seen(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cs") and char not in "\ufeff\ufffe\uffff"


def plain(reference: Reference) -> str:
    words = _("“%(title)s.” %(site)s, data of %(changed)s. %(url)s (accessed %(accessed)s).")
    return words % {
        "title": one_line(reference.title).rstrip(".").replace("“", "‘").replace("”", "’"),
        "site": SITE,
        "changed": dates.display(reference.changed.isoformat()),
        "url": reference.url,
        "accessed": dates.display(reference.accessed.isoformat()),
    }


# What TeX takes for a command. Braces become words, as BibTeX counts those behind a backslash too; two signs of which
# TeX makes a third one are parted.
_TEX = {
    "\\": r"{\textbackslash}",
    "{": r"{\ensuremath{\lbrace}}",
    "}": r"{\ensuremath{\rbrace}}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    **{char: f"\\{char}" for char in "&%$#_"},
}
_LIGATURE = re.compile(r"(?<=-)(?=-)|(?<=')(?=')|(?<=`)(?=`)|(?<=[?!])(?=`)|(?<=<)(?=<)|(?<=>)(?=>)|(?<=,)(?=,)")
_UNSAFE_IN_URL = {"\\": "%5C", "{": "%7B", "}": "%7D", '"': "%22", " ": "%20"}
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def tex(text: str) -> str:
    return "{}".join("".join(_TEX.get(char, char) for char in part) for part in _LIGATURE.split(one_line(text)))


def bibtex(reference: Reference) -> str:
    """A @misc entry, which every style knows; the doubled braces keep capital letters."""
    url = "".join(_UNSAFE_IN_URL.get(char, char) for char in reference.url)
    note = _("Data of %(date)s") % {"date": reference.changed.isoformat()}
    fields = {
        "title": f"{{{{{tex(reference.title)}}}}}",
        "howpublished": f"{{{tex(str(SITE))}}}",
        "year": f"{{{reference.changed.year}}}",
        "month": _MONTHS[reference.changed.month - 1],
        "url": f"{{{url}}}",
        "urldate": f"{{{reference.accessed.isoformat()}}}",
        "note": f"{{{tex(note)}}}",
    }
    lines = ",\n".join(f"  {name} = {value}" for name, value in fields.items())
    return f"@misc{{{_key(reference)},\n{lines}\n}}\n"


def ris(reference: Reference) -> str:
    tags = [
        ("TY", "DATA" if reference.is_list else "ELEC"),
        ("ID", _key(reference)),
        ("TI", one_line(reference.title)),
        ("T2", one_line(str(SITE))),
        ("PY", f"{reference.changed.year:04}"),
        ("DA", f"{reference.changed:%Y/%m/%d}"),
        ("Y2", f"{reference.accessed:%Y/%m/%d}"),
        ("UR", one_line(reference.url)),
        *([("N1", f"uid {reference.uid}")] if reference.uid else []),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in tags)


def csl_json(reference: Reference) -> str:
    item = {
        "id": _key(reference),
        "type": "dataset" if reference.is_list else "entry",
        "title": one_line(reference.title),
        "container-title": str(SITE),
        "URL": reference.url,
        "issued": _date_parts(reference.changed),
        "accessed": _date_parts(reference.accessed),
    }
    if reference.uid:
        item["note"] = f"uid {reference.uid}"
    return orjson.dumps([item], option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _date_parts(day: date) -> dict[str, Any]:
    return {"date-parts": [[day.year, day.month, day.day]]}


def _key(reference: Reference) -> str:
    return re.sub(r"[^a-z0-9-]+", "-", reference.key.lower()).strip("-") or "record"


FORMATS = {
    one.name: one
    for one in (
        Format("txt", gettext_lazy("Plain text"), "text/plain", lambda reference: plain(reference) + "\n"),
        Format("bib", "BibTeX", "application/x-bibtex", bibtex),
        Format("ris", "RIS", "application/x-research-info-systems", ris),
        Format("json", "CSL-JSON", "application/vnd.citationstyles.csl+json", csl_json),
    )
}

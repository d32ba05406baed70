"""Two directions year by year: bars up and bars down on one scale."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _

from .bars import every
from .sheet import Sheet


@dataclass(frozen=True)
class Year:
    """Places across are in percent, heights in pixels."""

    year: int
    there: int
    back: int
    x: float
    width: float
    up: float
    down: float
    words: str
    url: str
    there_url: str
    back_url: str


@dataclass
class Years:
    """`names` of what goes up and of what goes down."""

    names: tuple[str, str] = ("", "")
    bars: list[Year] = field(default_factory=list)
    labels: list[tuple[str, float]] = field(default_factory=list)
    most: int = 0
    middle: float = 0
    below: float = 0

    @property
    def bottom(self) -> float:
        return round(self.middle + self.below + 6, 1)

    @property
    def under(self) -> float:
        """From the line down to the words."""
        return round(self.bottom - self.middle, 1)

    @property
    def height(self) -> float:
        return self.bottom + 20


def years_of(
    numbers: Iterable[tuple[str, int, bool]],
    names: tuple[str, str],
    urls: tuple[str, str, str],
    *,
    span: range | None = None,
    most: int = 0,
    tall: int = 100,
) -> Years:
    """Of (year, number, whether it goes up); `urls` are the lists of both, of what goes up, of what goes down,
    which a year narrows. `span` and `most` make several of them alike."""
    known: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for year, number, up in numbers:
        if year.isdecimal():
            known[int(year)][0 if up else 1] += number
    if not known and not span:
        return Years(names)
    span = span or range(min(known), max(known) + 1)
    most = most or max(max(pair) for pair in known.values())
    wide, scale, found = 100 / len(span), tall / most, Years(names, most=most)
    for place, begun in enumerate(span):
        if begun in known:
            there, back = known[begun]
            words = f"{begun}: {names[0]} {intcomma(there)}, {names[1]} {intcomma(back)}"
            x, width = round((place + 0.1) * wide, 3), round(min(0.8 * wide, 6), 3)
            bar = Year(
                begun,
                there,
                back,
                x,
                width,
                round(there * scale, 1),
                round(back * scale, 1),
                words,
                *(f"{url}&year={begun}" for url in urls),
            )
            found.bars.append(bar)
    found.middle = round(max((bar.up for bar in found.bars), default=0) + 12, 1)
    found.below = max((bar.down for bar in found.bars), default=0)
    found.labels = [(str(year), round(x, 3)) for year, x in every(span)]
    return found


def sheet_of(years: Years, title: str, words: Iterable[str]) -> Sheet:
    """The drawing as a file; what is above and below is said first."""
    above = _("Above: %(name)s; below: %(other)s.") % {"name": years.names[0], "other": years.names[1]}
    words = list(words)
    heads: list[Any] = ["year", *years.names, "rule"]
    numbers = [heads, *([bar.year, bar.there, bar.back, " ".join(words)] for bar in years.bars)]
    return Sheet(title, [above, *words], "pages/charts/both.svg", round(years.height), {"years": years}, numbers)

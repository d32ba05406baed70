"""A chart as a file of its own: its drawing with title, rule and day, as SVG or PNG; or its numbers, as CSV."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from visits import dates, exports

MEDIA = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv; charset=utf-8"}


@dataclass(frozen=True)
class Sheet:
    """`drawing` is a template that needs `context` and is `height` units high; `numbers` are rows, headings first."""

    title: str
    words: list[str]
    drawing: str
    height: int
    context: Mapping[str, Any]
    numbers: Iterable[list[Any]]

    def svg(self) -> str:
        notes = wrap(" ".join(self.words), 130)
        notes.append(_("Data of %(date)s.") % {"date": dates.display(timezone.now().date().isoformat())})
        titles = wrap(self.title, 90)[:3]
        top = 24 + 24 * len(titles)
        context = {
            **self.context, "title": self.title, "words": self.words, "drawing_template": self.drawing,
            "titles": [(text, 30 + 24 * place) for place, text in enumerate(titles)],
            "notes": [(text, top + self.height + 28 + 17 * place) for place, text in enumerate(notes)],
            "top": top, "inner": self.height, "height": top + self.height + 40 + 17 * len(notes), "standalone": True,
        }  # fmt: skip
        return render_to_string("pages/charts/file.svg", context)

    def csv(self) -> str:
        return "".join([exports.BOM, *exports.csv_text(self.numbers)])

    def png(self) -> bytes:
        """Drawn without a browser, twice as fine as its units."""
        from vl_convert import svg_to_png  # takes half a second to come, so only where it is needed

        return bytes(svg_to_png(self.svg(), scale=2.0))

    def answer(self, name: str, file_format: str) -> HttpResponse:
        body: Any = {"svg": self.svg, "png": self.png, "csv": self.csv}[file_format]()
        response = HttpResponse(body, content_type=MEDIA[file_format])
        response["Content-Disposition"] = f'attachment; filename="{name}.{file_format}"'
        return response

"""Lines of a text file in UTF-8 or UTF-16, with memory bounded by the longest line that is allowed.

A byte that is no UTF-8, a NUL or a line beyond the limit is an UnreadableInput that names the line and
says how to mend the file.
"""

import io
import re
from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from .reading import MAX_ROW_CHARACTERS, InputFile, UnreadableInput

_MEND = _("save it as UTF-8 (in a spreadsheet: “CSV UTF-8”)")
_SIGNATURES = {
    b"PK\x03\x04": _("a zipped file such as XLSX: save it as CSV UTF-8"),
    b"\xd0\xcf\x11\xe0": _("an old Excel file: save it as CSV UTF-8"),
    b"%PDF": "a PDF",
    b"\x1f\x8b": _("a compressed file: unpack it first"),
}


def text_lines(file: InputFile, longest: int = MAX_ROW_CHARACTERS) -> Iterator[str]:
    """The lines with their own line ends, from the start; \\r, \\n and \\r\\n all end a line."""
    with file.open() as binary:
        head = binary.read(4)
        binary.seek(0)
        for signature, what in _SIGNATURES.items():
            if head.startswith(signature):
                raise UnreadableInput(file.name, "no-text", _("It is no text but %(what)s.") % {"what": what})
        wide = head[:2] in {b"\xff\xfe", b"\xfe\xff"}
        # Wrong UTF-8 bytes become lone surrogates, so that the line they stand in can be named.
        stream = io.TextIOWrapper(
            binary,
            "utf-16" if wide else "utf-8-sig",
            errors="strict" if wide else "surrogateescape",
            newline="",
        )
        yield from _checked(file, stream, longest)


def _checked(file: InputFile, stream: io.TextIOWrapper, longest: int) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        try:
            line = stream.readline(longest + 1)
        except UnicodeError as error:
            detail = _("Line %(number)s is no whole UTF-16 text: %(mend)s.") % {"number": number, "mend": _MEND}
            raise UnreadableInput(file.name, "wrong-encoding", detail, row=number) from error
        if not line:
            return
        if len(line) > longest:
            detail = _("Line %(number)s is longer than %(longest)s characters: are line ends missing?") % {
                "number": number,
                "longest": f"{longest:,}",
            }
            raise UnreadableInput(file.name, "line-too-long", detail, row=number, value=line[:100])
        if "\x00" in line:
            detail = _("Line %(number)s holds a NUL character: %(mend)s.") % {"number": number, "mend": _MEND}
            raise UnreadableInput(file.name, "nul", detail, row=number, value=line)
        if not line.isascii() and (wrong := re.search("[\udc80-\udcff]+", line)):
            detail = _("Line %(number)s is no UTF-8 (perhaps Windows-1251 or Windows-1252): %(mend)s.") % {
                "number": number,
                "mend": _MEND,
            }
            shown = line[max(0, wrong.start() - 40) : wrong.end() + 40]
            raise UnreadableInput(file.name, "wrong-encoding", detail, row=number, value=shown)
        yield line

"""Files that are made to eat memory or time: loaded in a process of their own, whose peak is measured."""

import json
import os
import subprocess
import sys
import textwrap
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from tests.settings import TEST_CLUSTER
from tests.test_hostile_files import CSV, MEGABYTE, XML, assert_nothing_was_written

pytestmark = pytest.mark.django_db


def line_of(size: int, beginning: bytes, byte: bytes = b"\0") -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with path.open("wb") as stream:
            stream.write(beginning)
            if byte == b"\0":
                stream.truncate(size)  # sparse: nothing but NULs
            else:
                for _ in range(size // MEGABYTE):
                    stream.write(byte * MEGABYTE)

    return make


def bomb(path: Path) -> None:
    """An XLSX file of a few MB that unpacks to 10 GB, as it says of itself: parts that share what is packed."""
    block = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join([*(block.compress(b"0" * MEGABYTE) for _ in range(100)), block.flush()])
    checksum = 0
    for _ in range(100):
        checksum = zlib.crc32(b"0" * MEGABYTE, checksum)
    _write_packed(path, packed, checksum, 100 * MEGABYTE, parts=100)


def lying_bomb(path: Path) -> None:
    """A part that unpacks to 300 MB, and the zip says that it is small."""
    block = zlib.compressobj(1, zlib.DEFLATED, -15)
    packed = b"".join([*(block.compress(b"0" * MEGABYTE) for _ in range(300)), block.flush()])
    _write_packed(path, packed, 0, 1000, parts=1)


def _write_packed(path: Path, packed: bytes, checksum: int, size: int, parts: int) -> None:
    with zipfile.ZipFile(path, "w") as book:
        for number in range(1, parts + 1):
            part = zipfile.ZipInfo(f"xl/worksheets/sheet{number}.xml")
            part.compress_type, part.CRC = zipfile.ZIP_DEFLATED, checksum
            part.compress_size, part.file_size = len(packed), size
            part.header_offset = book.fp.tell()
            book.fp.write(part.FileHeader())
            book.fp.write(packed)
            book.filelist.append(part)
        book.start_dir = book.fp.tell()
        book._didModify = True


def laughs(path: Path) -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    path.write_text(f'<!DOCTYPE trips [<!ENTITY e0 "ha">{entities}]>{XML}&e11;</trip></trips>')


def columns(path: Path) -> None:
    path.write_text("guest,host" + ",c" * 500_000 + "\nKE,FI\n")


TEXT_BEGINS, TAG_BEGINS = f"{XML}<remarks>".encode(), f"{XML}<remarks a='".encode()
JSON_BEGINS = b'{"type": "visit", "title": "'
EATERS: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "a line without an end": ("a.csv", line_of(60 * MEGABYTE, CSV.encode(), b"x"), "line-too-long"),
    "a gigabyte in one line": ("a.csv", line_of(1024 * MEGABYTE, CSV.encode()), "line-too-long"),
    "three gigabytes": ("a.csv", line_of(3072 * MEGABYTE, CSV.encode()), "too-large"),
    "a line of NULs": ("a.csv", line_of(190 * MEGABYTE, CSV.encode()), "line-too-long"),
    "a line of JSON without an end": ("a.jsonl", line_of(60 * MEGABYTE, JSON_BEGINS, b"x"), "line-too-long"),
    "a text of XML without an end": (
        "a.xml",
        line_of(60 * MEGABYTE, TEXT_BEGINS, b"x"),
        "row-too-large",
    ),
    "a tag of XML without an end": (
        "a.xml",
        line_of(60 * MEGABYTE, TAG_BEGINS, b"x"),
        "row-too-large",
    ),
    "a text of JSON without an end": ("a.json", line_of(31 * MEGABYTE, b"[" + JSON_BEGINS, b"x"), "broken-json"),
    "ten million lists": ("a.json", line_of(10 * MEGABYTE, b'[{"type": "visit"}', b",[]"), "too-many-values"),
    "a long article": ("a.txt", line_of(190 * MEGABYTE, b"The minister"), "too-large"),
    "an XLSX that unpacks to 10 GB": ("a.xlsx", bomb, "too-large-unpacked"),
    "an XLSX that lies about it": ("a.xlsx", lying_bomb, "broken-xlsx"),
    "a billion laughs": ("a.xml", laughs, "entities"),
    "500,000 columns": ("a.csv", columns, "too-many-columns"),
}
PROGRAM = r"""
    import json, re, sys, time
    import django
    django.setup()
    from visits import access, loads
    from visits.imports.reading import UnreadableInput
    for path in sys.argv[1:]:
        began = time.monotonic()
        try:
            loads.load_paths([path])
            code = "loaded"
        except UnreadableInput as error:
            code = error.code
        # Not ru_maxrss: it begins with what the process that started this one had.
        peak = int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) // 1024
        print(json.dumps([code, peak, time.monotonic() - began]))
"""


@pytest.mark.django_db(transaction=True)
def test_what_is_made_to_eat_memory_gets_less_than_500_mb_and_no_time(tmp_path):
    paths = []
    for number, (name, make, _code) in enumerate(EATERS.values()):
        (tmp_path / str(number)).mkdir()
        paths.append(tmp_path / str(number) / name)
        make(paths[-1])
    address = TEST_CLUSTER.url(str(connection.settings_dict["NAME"]))
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PROGRAM), *map(str, paths)],
        env=os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "tracker.settings"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    measured = dict(zip(EATERS, map(json.loads, done.stdout.splitlines()), strict=True))
    assert {what: code for what, (code, _p, _s) in measured.items()} == {
        what: code for what, (*_, code) in EATERS.items()
    }
    assert {what: peak for what, (_c, peak, _s) in measured.items() if peak >= 500} == {}
    assert {what: seconds for what, (_c, _p, seconds) in measured.items() if seconds >= 20} == {}
    assert_nothing_was_written()

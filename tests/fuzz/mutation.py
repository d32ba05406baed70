"""Small good files for every reader, the ways to spoil one, and what a reader may answer: rows, or a refusal."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from random import Random

from visits.imports.reading import MAX_VALUE, InputFile, InputRow, Problem, UnreadableInput
from visits.imports.registry import READERS, guess
from visits.imports.runs import Numberer

_TRIP = """<trip role="president" who="lee-ann"><id>{0}</id><role>president</role><name>Ann Lee</name>
<start-date>2009-04-0{0}</start-date><end-date>2009-04-0{0}</end-date><country id="france">France</country>
<locale>Paris, Nice</locale><remarks>Met with President Bo Kim. Accompanied President Lee.</remarks></trip>"""
_VISIT = """<visit><id>{0}</id><start-date>2009-04-0{0}</start-date><end-date>2009-04-05</end-date>
<visitor>Prime Minister Ann Lee and Crown Prince Bo</visitor><from id="france">France</from>
<description>Official Working Visit.</description></visit>"""
_RECORDS = [
    {
        "type": "visit",
        "external_ids": ["our-list:1"],
        "guest": {"country": "KE", "as_printed": "Kenya"},
        "host": {"country": "FI"},
        "start": "2024-05-01",
        "end": "2024-05-02",
        "delegations": [{"sender": {"country": "KE"}, "members": [{"as_printed": "Minister Ann Lee", "head": True}]}],
        "outcomes": [{"title": "A plan", "kind": "plan", "modality": "agreed"}],
        "meetings": [{"date": "2024-05", "participants": [{"as_printed": "Bo Kim", "side": {"country": "FI"}}]}],
    },
    {"type": "meeting", "title": "Talks", "date": "2024", "venue_country": "FI"},
    {"type": "official", "name": "Ann Lee", "country": "KE", "other_names": [{"text": "Энн Ли", "language": "ru"}]},
    {"type": "tenure", "official": {"name": "Ann Lee"}, "post": {"title": "Minister"}, "start": "2020"},
]
_TABLE = """guest,host,start,end,head,members,topics,summary
Kenya,Finland,2024-05-01,2024-05-02,President Ann Lee,Bo Kim | Minister of Energy; Ida Poe,agreed: trade,Talks
KE,FI,22-23 January 2024,,,,,"Two
lines"
European Union,USSR,May 1985,,Энн Ли,,,=1+1
"""
_LISTS = """Group_Type,Delegation,Honorific,Person_Name,Job_Title,Year,Meeting,Location,Delegation_ISO
Parties,Kenya,Mr,Ann Lee,Head of Delegation,1991,INC 1,Geneva,KEN
Parties,Finland,Ms,Bo Kim,NA,1991,INC 1,Geneva,FIN
NGO,Rain Watch,NA,Ida Poe,NA,1992,INC 2,Nairobi,NA
"""
_ARTICLE = """Minister of Kenya visits Helsinki

On 1 May 2024 Foreign Minister Ann Lee of Kenya arrived in Helsinki on an official visit. She met with President
Bo Kim of Finland. The two sides signed a memorandum on hydrogen.
"""


def _workbook() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "visits"
    for row in (
        ("guest", "host", "start", "summary"),
        ("KE", "FI", "2024-05-01", "Talks"),
        ("FI", "KE", 2024, "Talks again"),
    ):
        sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


_PRESIDENT = """<president n="{0}"><id>lee-ann</id><name>Ann Lee</name><took-office-date>1975-03-01</took-office-date>
  <left-office-date>1979-03</left-office-date></president>"""
GOOD: dict[str, tuple[str, bytes]] = {
    "hsg-visits": ("a.xml", f"<visits>{_VISIT.format(1)}{_VISIT.format(2)}</visits>".encode()),
    "hsg-travels": ("a.xml", f"<trips>{_TRIP.format(1)}{_TRIP.format(2)}</trips>".encode()),
    "hsg-presidents": ("a.xml", f"<presidents>{_PRESIDENT.format(1)}{_PRESIDENT.format(2)}</presidents>".encode()),
    "unfccc": ("a.csv", _LISTS.encode()),
    "jsonl": ("a.jsonl", "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in _RECORDS).encode()),
    "json": ("a.json", json.dumps(_RECORDS, indent=1).encode()),
    "csv": ("a.csv", _TABLE.encode()),
    "xlsx": ("a.xlsx", _workbook()),
    "article": ("a.txt", _ARTICLE.encode()),
}
_BITS = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n", b'"', b"'", b",", b";", b"|", b"<", b">", b"&", b"]]>", b"<!--",
    b"<!DOCTYPE a [", b"&#x0;", b"{", b"}", b"[", b"]", b"null", b"1e999", b"\\ud800", b"-1", b"0" * 40, b"9999-12-31",
    b"0000-00-00", b"XXXX-13-40", b"=cmd()", b"\xd0\x9f", b"\xe2\x80\xae", b"../../etc/passwd", b"A" * 2000, b" " * 500,
)  # fmt: skip


def _place(content: bytes, chance: Random) -> int:
    return chance.randrange(len(content) + 1)


def _flip(content: bytes, chance: Random) -> bytes:
    spoilt = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    return bytes(spoilt)


def _truncate(content: bytes, chance: Random) -> bytes:
    return content[: _place(content, chance)]


def _insert(content: bytes, chance: Random) -> bytes:
    place = _place(content, chance)
    return content[:place] + chance.choice(_BITS) * chance.choice((1, 1, 1, 3)) + content[place:]


def _duplicate(content: bytes, chance: Random) -> bytes:
    start, end = sorted((_place(content, chance), _place(content, chance)))
    return content[:end] + content[start:end] * chance.choice((1, 1, 2, 20)) + content[end:]


def _delete(content: bytes, chance: Random) -> bytes:
    start, end = sorted((_place(content, chance), _place(content, chance)))
    return content[:start] + content[end:]


def _swap(content: bytes, chance: Random) -> bytes:
    one, two, three = sorted(_place(content, chance) for _ in range(3))
    return content[:one] + content[two:three] + content[one:two] + content[three:]


def _encode(content: bytes, chance: Random) -> bytes:
    codec = chance.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1251", "latin-1", "utf-7", "utf-8-sig"))
    return content.decode("utf-8", "replace").encode(codec, "replace")


def _replace_value(content: bytes, chance: Random) -> bytes:
    """One word for another of the same file, so that what is spoilt is more often the sense than the form."""
    words = content.split(b" ")
    words[chance.randrange(len(words))] = chance.choice(words)
    return b" ".join(words)


_WAYS: tuple[Callable[[bytes, Random], bytes], ...] = (
    _flip, _truncate, _insert, _insert, _duplicate, _delete, _swap, _encode, _replace_value,
)  # fmt: skip


def _inside(content: bytes, chance: Random) -> bytes:
    """A workbook of which one part is spoilt, so that more than the zip is tried."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        victim = chance.choice(old.namelist())
        for part in old.namelist():
            new.writestr(part, _spoil(old.read(part), chance) if part == victim else old.read(part))
    return target.getvalue()


def _spoil(content: bytes, chance: Random) -> bytes:
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        if content:
            content = chance.choice(_WAYS)(content, chance)
    return content


def mutated(reader: str, chance: Random) -> tuple[str, bytes]:
    """The name and the bytes of a spoilt file for a reader; never empty."""
    name, content = GOOD[reader]
    spoil = _inside if reader == "xlsx" and chance.random() < 0.8 else _spoil
    return name, spoil(content, chance) or b" "


def outcome(reader: str, name: str, content: bytes) -> str:
    """`refused`, `rows` or `rejected` (some of its rows); AssertionError where a reader breaks its promises."""
    file = InputFile.of(name, content)
    guess(file)
    try:
        READERS[reader].check(file)
        rows = list(READERS[reader].read(file))
    except UnreadableInput as refused:
        _check_problem(refused.as_problem())
        return "refused"
    again = list(READERS[reader].read(file))
    assert _identities(rows) == _identities(again), "the same file gives other records"
    for row in rows:
        _check(row)
    return "rejected" if any(row.rejected for row in rows) else "rows"


def _check(row: InputRow) -> None:
    errors = [problem for problem in row.problems if problem.severity == "error"]
    answers = [row.record is not None, bool(errors), row.repeats, row.document is not None]
    assert answers.count(True) == 1, f"row {row.row} is {answers}"
    assert row.weight >= 1, "a row that counts as none"
    for problem in row.problems:
        _check_problem(problem)
    if row.record is not None:
        row.record.model_dump_json().encode()


def _check_problem(problem: Problem) -> None:
    assert all((problem.file, problem.code, problem.detail)), f"it does not say what is wrong: {problem}"
    assert len(problem.value) <= MAX_VALUE, "a value that is not cut"
    text = json.dumps(problem.as_dict(), ensure_ascii=False)
    assert "\\u0000" not in text, "a NUL, which no database keeps"
    text.encode()  # no half of a surrogate


def _identities(rows: list[InputRow]) -> list[str]:
    numberer = Numberer()
    numbered = [numberer.number(row) for row in rows]
    return [f"{one.uid} {one.duplicate}" for one in numbered]


def seeded(reader: str, seed: int) -> Random:
    return Random(hashlib.sha256(f"{reader} {seed}".encode()).digest())

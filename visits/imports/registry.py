"""The readers, and which of them a file is for. A new format is one module and one entry here."""

from collections.abc import Iterable
from pathlib import Path

from .article_file import ArticleReader
from .csv_table import CsvReader
from .hsg_travels import HsgTravelsReader
from .hsg_visits import HsgVisitsReader
from .json_lines import JsonLinesReader, JsonReader
from .reading import MAX_FILES, InputFile, Reader, SkippedFile, UnreadableInput
from .unfccc import UnfcccReader
from .xlsx_table import XlsxReader

# In this order they are asked whether they recognise a file: the particular before the general.
READERS: dict[str, Reader] = {
    reader.name: reader
    for reader in (
        HsgVisitsReader(),
        HsgTravelsReader(),
        UnfcccReader(),
        JsonLinesReader(),
        JsonReader(),
        CsvReader(),
        XlsxReader(),
        ArticleReader(),
    )
}


def reader_named(name: str) -> Reader:
    """The reader of this name; UnreadableInput names all there are."""
    if name in READERS:
        return READERS[name]
    raise UnreadableInput(name, "unknown-reader", f"There is no reader “{name}”: use one of {', '.join(READERS)}.")


def guess(file: InputFile) -> Reader | None:
    """The first reader that recognises the file, or None."""
    head = file.head()
    return next((reader for reader in READERS.values() if reader.recognises(file.name, head)), None)


def open_inputs(
    paths: Iterable[str | Path], reader: Reader | None = None
) -> tuple[list[tuple[InputFile, Reader]], list[SkippedFile]]:
    """Files and folders to (file, its reader) pairs, folders walked in sorted order, and what was skipped.

    In a folder, what no reader knows (or what the given reader does not) is skipped and named; a path that was
    named itself has to be readable: UnreadableInput. Nothing outside a folder is reached through links.
    """
    taken: list[tuple[InputFile, Reader]] = []
    skipped: list[SkippedFile] = []
    for path in map(Path, paths):
        if path.is_dir():
            _walk(path, reader, taken, skipped)
        else:
            file = InputFile.at(path)
            taken.append((file, reader or _known(file)))
    if not taken:
        names = ", ".join(item.name for item in skipped[:5])
        raise UnreadableInput(names, "nothing-to-read", "No reader knows any of these files.")
    return taken, skipped


def _known(file: InputFile) -> Reader:
    reader = guess(file) or _by_suffix(file.name)
    if reader is None:
        readers = ", ".join(READERS)
        raise UnreadableInput(
            file.name, "unknown-format", f"No reader knows this file: name its format, one of {readers}."
        )
    return reader


def _by_suffix(name: str) -> Reader | None:
    suffix = Path(name).suffix.lower()
    return next((reader for reader in READERS.values() if suffix in reader.suffixes), None)


def _walk(
    folder: Path, reader: Reader | None, taken: list[tuple[InputFile, Reader]], skipped: list[SkippedFile]
) -> None:
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_dir() or any(part.startswith(".") for part in relative.parts):
            continue
        if len(taken) + len(skipped) >= MAX_FILES:
            raise UnreadableInput(folder.name, "too-many-files", f"The folder holds more than {MAX_FILES:,} files.")
        name = relative.as_posix()
        if path.is_symlink() or not path.is_file():
            skipped.append(SkippedFile(name, "It is a link or no ordinary file."))
            continue
        try:
            file = InputFile.at(path, name)
        except UnreadableInput as error:
            if error.code != "empty-file":
                raise
            skipped.append(SkippedFile(name, error.detail))
            continue
        known = reader if reader and reader.recognises(name, file.head()) else guess(file) if not reader else None
        if known:
            taken.append((file, known))
        else:
            skipped.append(SkippedFile(name, "No reader knows it."))

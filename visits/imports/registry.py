"""The readers, and which of them a file is for. A new format is one module and one entry here."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from django.utils.translation import gettext_noop as _

from .article_file import ArticleReader
from .csv_table import CsvReader
from .hsg_presidents import HsgPresidentsReader
from .hsg_travels import HsgTravelsReader
from .hsg_visits import HsgVisitsReader
from .json_lines import JsonLinesReader, JsonReader
from .package_folder import records_file
from .reading import MAX_FILES, InputFile, Reader, SkippedFile, Unreadable, UnreadableInput, file_name, together
from .unfccc import UnfcccReader
from .xlsx_table import XlsxReader

# In this order they are asked whether they recognise a file: the particular before the general.
READERS: dict[str, Reader] = {
    reader.name: reader
    for reader in (
        HsgVisitsReader(),
        HsgTravelsReader(),
        HsgPresidentsReader(),
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
    raise UnreadableInput(
        name,
        "unknown-reader",
        _("There is no reader “%(name)s”: use one of %(known)s.") % {"name": name, "known": ", ".join(READERS)},
    )


def guess(file: InputFile) -> Reader | None:
    """The first reader that recognises the file, or None."""
    head = file.head()
    return next((reader for reader in READERS.values() if reader.recognises(file.name, head)), None)


def open_inputs(
    paths: Iterable[str | Path], reader: Reader | None = None
) -> tuple[list[tuple[InputFile, Reader]], list[SkippedFile]]:
    """Files and folders to (file, its reader) pairs, folders walked in sorted order, and what was skipped.

    In a folder, what no reader knows (or what the given reader does not), and what a reader takes only when it is named
    (`alone` says why), is skipped and named. What cannot be opened,
    and a path that was named itself and that no reader knows, is `Unreadable`; UnreadableInput when nothing else is
    there. Nothing outside a folder is reached through links.
    """
    taken: list[tuple[InputFile, Reader]] = []
    skipped: list[SkippedFile] = []
    for path in map(Path, paths):
        if path.is_dir():
            _walk(path, reader, taken, skipped)
        else:
            try:
                file = InputFile.at(path)
                taken.append((file, reader or _known(file)))
            except UnreadableInput as error:
                taken.append(_unreadable(error))
    errors = [reader.error for _file, reader in taken if isinstance(reader, Unreadable)]
    if errors and len(errors) == len(taken):
        raise together(errors)
    if not taken:
        names = ", ".join(item.name for item in skipped[:5])
        raise UnreadableInput(names, "nothing-to-read", _("No reader knows any of these files."))
    return taken, skipped


def _unreadable(error: UnreadableInput) -> tuple[InputFile, Reader]:
    return InputFile(error.file, "", 0, content=b""), Unreadable(error)


def _known(file: InputFile) -> Reader:
    reader = guess(file) or _by_suffix(file.name)
    if reader is None:
        readers = ", ".join(READERS)
        raise UnreadableInput(
            file.name,
            "unknown-format",
            _("No reader knows this file: name its format, one of %(known)s.") % {"known": readers},
        )
    return reader


def _by_suffix(name: str) -> Reader | None:
    suffix = Path(name).suffix.lower()
    return next((reader for reader in READERS.values() if suffix in reader.suffixes), None)


def _walk(
    folder: Path, reader: Reader | None, taken: list[tuple[InputFile, Reader]], skipped: list[SkippedFile]
) -> None:
    package = records_file(folder)
    for path, fault in _sorted_files(folder):
        name = path.relative_to(folder).as_posix()
        if len(taken) + len(skipped) >= MAX_FILES:
            raise UnreadableInput(
                folder.name,
                "too-many-files",
                _("The folder holds more than %(most)s files.") % {"most": f"{MAX_FILES:,}"},
            )
        if fault:
            taken.append(
                _unreadable(
                    UnreadableInput(file_name(name), "unreadable", _("It cannot be opened: %(why)s.") % {"why": fault})
                )
            )
            continue
        if path.is_symlink() or not path.is_file():
            skipped.append(SkippedFile(file_name(name), _("It is a link or no ordinary file.")))
            continue
        if package and name != package.name:
            skipped.append(
                SkippedFile(
                    file_name(name),
                    _("%(package)s holds the records of this data package.") % {"package": package.name},
                )
            )
            continue
        try:
            file = InputFile.at(path, name)
            if package and package.sha256 not in {"", file.sha256}:
                detail = _(
                    "It is not the file that datapackage.json describes: load it by its own name if that is meant."
                )
                raise UnreadableInput(file.name, "changed-file", detail)
            known = reader if reader and reader.recognises(name, file.head()) else guess(file) if not reader else None
        except UnreadableInput as error:
            if error.code == "empty-file" and not _would_be_read(name, reader):
                skipped.append(SkippedFile(error.file, error.detail))
            else:
                taken.append(_unreadable(error))
            continue
        why = getattr(known, "alone", "") if known is not reader else ""
        if known and not why:
            taken.append((file, known))
        else:
            skipped.append(SkippedFile(file.name, why or _("No reader knows it.")))


def _would_be_read(name: str, reader: Reader | None) -> bool:
    """Whether a file that is empty should hold something, by its name; a README need not."""
    by_suffix = _by_suffix(name)
    if by_suffix is None or (reader and reader is not by_suffix):
        return False
    return by_suffix is not READERS["article"] or by_suffix.recognises(name, b"")


def _sorted_files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Files in and below a folder in the order of their paths, and folders that cannot be opened with the reason.

    What begins with a dot is left out; links are not followed. Any depth: nothing here calls itself.
    """
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        try:
            is_folder = path == folder or (path.is_dir() and not path.is_symlink())
            inside = sorted(path.iterdir(), reverse=True) if is_folder else []
        except OSError as error:
            yield path, error.strerror or str(error)
            continue
        if is_folder:
            waiting += [one for one in inside if not one.name.startswith(".")]
        else:
            yield path, ""

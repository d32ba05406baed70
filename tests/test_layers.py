"""A module imports from lower layers only; inline imports count."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

LAYERS = (
    {"enums", "dates", "scripts", "names", "native", "retold", "field_names", "record"},
    {"models"},
    {
        "search",
        "lookup",
        "fetching",
        "robots",
        "matching",
        "matches",
        "newest",
        "offices",
        "merged",
        "namesakes",
        "likeness",
        "agreement",
        "validation",
        "states",
        "mapping",
        "reference",
        "catalogue",
        "access",
        "history",
        "sightings",
        "solving",
        "identity",
        "mentions",
        "origins",
        "speakers",
    },
    {"filters", "imports", "review", "edit", "rows", "paging", "checks"},
    {
        "loads",
        "articles",
        "feeds",
        "batches",
        "mending",
        "dating",
        "previews",
        "unattended",
        "stats",
        "exports",
        "citing",
        "entries",
        "calendars",
        "atom",
        "spreadsheets",
        "datapackage",
        "reconciling",
        "alerts",
        "changes",
        "letters",
        "readers",
        "wording",
    },
    {"tasks"},
    {"admin", "pages", "api", "management", "templatetags"},
)
STRANGERS = (3, 6)  # what lies in one of these layers does not import its neighbours
SAME = {"templatetags": "pages"}  # a folder whose name Django dictates
NO_LAYER = {"", "apps", "migrations"}

LEVEL = {module: number for number, modules in enumerate(LAYERS) for module in modules}


def imported(path: Path, tree: ast.AST) -> Iterator[str]:
    """Full names of what a file imports; of `from a import b` both `a` and `a.b`."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            source = ".".join((*above, *(node.module or "").split("."))).rstrip(".")
            yield from (f"{source}.{name.name}" for name in node.names)


def unit(name: str) -> str:
    """`visits.imports.csv` belongs to `imports`; "" is the app itself."""
    part = ([*name.split("."), ""])[1]
    return SAME.get(part, part)


def fault(importer: str, target: str) -> str | None:
    """Why `importer` may not import `target` (both units of `visits`), or None when it may."""
    if importer == target or NO_LAYER & {importer, target}:
        return None
    if LEVEL[target] > LEVEL[importer]:
        return f"{importer} (layer {LEVEL[importer]}) imports {target} (layer {LEVEL[target]})"
    if LEVEL[target] == LEVEL[importer] and LEVEL[importer] in STRANGERS:
        return f"{importer} imports its neighbour {target}"
    return None


def files(package: str) -> list[Path]:
    return sorted(path for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts)


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> set[str]:
    return set(imported(path, ast.parse(path.read_text())))


def test_every_module_has_a_layer():
    units = {unit(module_name(path)) for path in files("visits")}
    assert units - set(LEVEL) - NO_LAYER == set()


def test_modules_import_from_lower_layers_only():
    faults = {
        f"{path.relative_to(ROOT)}: {problem}"
        for path in files("visits")
        for name in imports_of(path)
        if name.split(".")[0] == "visits" and unit(name) in LEVEL
        if unit(module_name(path)) in LEVEL
        if (problem := fault(unit(module_name(path)), unit(name)))
    }
    assert faults == set()


def test_the_app_imports_nothing_of_the_project():
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in files("visits")
        for name in imports_of(path)
        if name.split(".")[0] == "tracker"
    }
    assert found == set()


def test_the_project_imports_the_app_in_its_map_of_urls_alone():
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in files("tracker")
        if path.name != "urls.py"
        for name in imports_of(path)
        if name.split(".")[0] == "visits"
    }
    assert found == set()


@pytest.mark.parametrize(
    ("importer", "target", "expected"),
    [
        ("models", "dates", None),
        ("record", "dates", None),
        ("dates", "models", "dates (layer 0) imports models (layer 1)"),
        ("review", "imports", "review imports its neighbour imports"),
        ("api", "pages", "api imports its neighbour pages"),
        ("tasks", "loads", None),
        ("imports", "imports", None),
    ],
)
def test_a_layer_fault_is_named(importer: str, target: str, expected: str | None):
    assert fault(importer, target) == expected


def test_inline_and_relative_imports_are_seen():
    source = "def f():\n    from .csv import rows\n    from ..models import Visit\n    import visits.tasks\n"
    path = ROOT / "visits" / "imports" / "jsonl.py"
    assert set(imported(path, ast.parse(source))) == {
        "visits.imports.csv.rows",
        "visits.models.Visit",
        "visits.tasks",
    }

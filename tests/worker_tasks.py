"""Tasks that the tests' worker knows besides the tracker's own."""

import time
from pathlib import Path

from celery import shared_task


@shared_task
def note(path: str, line: str, seconds: float = 0) -> None:
    """Say in a file that the task began, and after `seconds` that it is done."""
    with Path(path).open("a") as file:
        file.write(f"began {line}\n")
        file.flush()
        time.sleep(seconds)
        file.write(f"done {line}\n")

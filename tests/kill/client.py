"""A user with a token, who uploads files, looks how far the load is, and tries again when nobody answers."""

import time
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import httpx

Files = list[tuple[str, bytes]]
_ENDED = {"done", "failed", "cancelled"}
_AGAIN = 0.25  # seconds


@dataclass
class Load:
    """One upload and what its user sees of it; `start` it, then look at the fields."""

    port: int
    token: str
    files: Files
    tries: int = 0
    refusals: list[str] = field(default_factory=list)  # what came instead of an answer, upload and looks alike
    row: dict[str, Any] = field(default_factory=dict)  # the load as the API showed it last
    looked_at: float = 0.0  # monotonic seconds of that look
    read_at: float = 0.0  # monotonic seconds at which `read` or the status was seen to change last
    give_up: bool = False

    def start(self) -> Thread:
        thread = Thread(target=self._whole, daemon=True)
        thread.start()
        return thread

    @property
    def ended(self) -> bool:
        return self.row.get("status") in _ENDED

    def _whole(self) -> None:
        base = f"http://127.0.0.1:{self.port}/api/v1/imports/"
        headers = {"Authorization": f"Token {self.token}"}
        with httpx.Client(timeout=20, headers=headers) as client:
            while not self.row and not self.give_up:
                self.tries += 1
                sent = [("file", file) for file in self.files]
                self._take(lambda sent=sent: client.post(base, files=sent, data={"trust": "true"}), 202)
            while not self.ended and not self.give_up:
                time.sleep(_AGAIN)
                self._take(lambda: client.get(f"{base}{self.row['id']}/"), 200)

    def _take(self, ask: Any, wanted: int) -> None:
        try:
            answer = ask()
        except httpx.HTTPError as problem:
            self._refused(type(problem).__name__)
            return
        if answer.status_code != wanted:
            self._refused(str(answer.status_code))
            return
        row = answer.json()
        self.looked_at = time.monotonic()
        if (row["read"], row["status"]) != (self.row.get("read"), self.row.get("status")):
            self.read_at = self.looked_at
        self.row = row

    def _refused(self, what: str) -> None:
        self.refusals.append(what)
        time.sleep(_AGAIN)

"""Who the embedded PostgreSQL runs as: PostgreSQL refuses root."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        return self.uid != os.geteuid()

    def popen_options(self) -> dict[str, Any]:
        """What makes subprocess start a program as this account."""
        if not self.is_other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_reach(self, path: Path) -> bool:
        """Whether every folder above `path` (and the path itself) may be entered."""
        path = path.resolve()
        return all(self._may_enter(part) for part in (path, *path.parents) if part.exists())

    def _may_enter(self, path: Path) -> bool:
        info = path.stat()
        if info.st_uid == self.uid:
            bit = stat.S_IXUSR
        elif info.st_gid == self.gid:
            bit = stat.S_IXGRP
        else:
            bit = stat.S_IXOTH
        return bool(info.st_mode & bit)

    def make_private_folder(self, folder: Path) -> None:
        """Create `folder` as 0700 of this account; refuse one that somebody else made."""
        if not folder.exists():
            folder.mkdir(parents=True, mode=0o700)
            if self.is_other:
                os.chown(folder, self.uid, self.gid)
        info = folder.lstat()
        if stat.S_ISLNK(info.st_mode) or info.st_uid != self.uid:
            raise SystemExit(f"{folder} does not belong to the user with id {self.uid}.")


def database_account(existing_data: Path) -> Account:
    """This user; for root the owner of the data that is there, else `postgres`, else `nobody`."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    if existing_data.exists() and (owner := existing_data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise SystemExit("PostgreSQL refuses root, and there is no user postgres or nobody: set DATABASE_URL.")

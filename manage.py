#!/usr/bin/env python
"""Django's commands. They use the embedded database: started when it is down, stopped when nobody needs it."""

import os
import sys

_NEED_NO_DATABASE = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "help",
    "makemessages",
    "version",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    from django.core.management import execute_from_command_line

    words = set(sys.argv[1:])
    asks_for_help = not words or bool(words & {"--help", "-h", "--version"})
    if asks_for_help or sys.argv[1] in _NEED_NO_DATABASE or "DATABASE_URL" in os.environ:
        execute_from_command_line(sys.argv)
        return

    from tracker.embedded.postgres import Cluster
    from tracker.embedded.sharing import shared_cluster
    from tracker.state import state_folder

    with shared_cluster(Cluster(state_folder())):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

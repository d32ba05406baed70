"""What a database needs before it is served: `python -m tracker.preparation`.

Migrations and reference data every time; samples and the user `admin` when nobody has an account yet.
"""

import os
import secrets

import django
from django.core.management import call_command


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_reference", verbosity=0)
    if not is_first_start():
        return
    if os.environ.get("TRACKER_SAMPLES", "1") != "0":
        call_command("load_samples", verbosity=0)
    create_admin()


def is_first_start() -> bool:
    from django.contrib.auth import get_user_model

    return not get_user_model().objects.exists()


def create_admin() -> None:
    """The user `admin`; a password that was made here is shown this once and kept nowhere in clear."""
    from django.contrib.auth import get_user_model

    given = os.environ.get("TRACKER_ADMIN_PASSWORD")
    password = given or secrets.token_urlsafe(12)
    get_user_model().objects.create_superuser("admin", password=password)
    shown = "the password that TRACKER_ADMIN_PASSWORD gives" if given else f"password {password} (shown this once)"
    print(f"Sign in at /admin/ as admin, {shown}", flush=True)


if __name__ == "__main__":
    main()

"""What every test may ask for. Database, queue, worker and browser are real."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.utils import translation

from tests.migrated_template import drop_leftovers, ensure_template
from tests.settings import TEST_CLUSTER, TEST_QUEUE
from tests.world import EDITING, World, build_world, make_user
from tracker import messages
from tracker.embedded import valkey
from tracker.embedded.processes import wait_until
from tracker.embedded.sharing import shared_cluster
from tracker.programs import Program
from tracker.state import CHECKOUT
from visits.stats import held

# What a property holds for has nothing to do with how fast the machine is just now.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")

NO_BROWSER = "no Chromium: install it or name it with CHROMIUM="

# translations


def pytest_configure() -> None:
    messages.compile_all()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A reader's language does not outlive the test in which they asked."""
    yield
    translation.activate(settings.LANGUAGE_CODE)


# database


@pytest.fixture(scope="session")
def cluster() -> Iterator[None]:
    """The PostgreSQL of the tests, with a migrated template that test databases are copied from."""
    if os.environ["DATABASE_URL"] != TEST_CLUSTER.url():
        yield
        return
    with shared_cluster(TEST_CLUSTER) as use:
        if use.started:
            drop_leftovers(TEST_CLUSTER)
        connection.settings_dict["TEST"]["TEMPLATE"] = ensure_template(TEST_CLUSTER)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(cluster: None, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """pytest-django's hook just before it makes the test databases."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The columns that are counted by are held, as by a web server, before the first test."""
    with django_db_blocker.unblock():
        held.current()
        connection.close()


@pytest.fixture(autouse=True)
def columns(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that commits is followed by others for which they are held anew."""
    yield
    marked = request.node.get_closest_marker("django_db")
    if "transactional_db" in request.fixturenames or (marked and marked.kwargs.get("transaction")):
        with request.getfixturevalue("django_db_blocker").unblock():
            held.current()
            connection.close()


# queue and worker


@pytest.fixture(scope="session")
def queue() -> Iterator[str]:
    """A Valkey of this run alone, where `.delay()` of a test goes; its URL."""
    TEST_QUEUE.mkdir(parents=True, exist_ok=True)
    server = Program("valkey", valkey.command(TEST_QUEUE), CHECKOUT, TEST_QUEUE / "valkey.log", patience=5)
    server.start()
    assert wait_until(lambda: valkey.answers(TEST_QUEUE), 20), server.last_words()
    yield settings.CELERY_BROKER_URL
    server.stop()
    shutil.rmtree(TEST_QUEUE)


@pytest.fixture(scope="session")
def _worker(queue: str, django_db_setup: None) -> Iterator[Program]:
    from tracker.celery import app

    environment = os.environ | {
        "DATABASE_URL": TEST_CLUSTER.url(str(connection.settings_dict["NAME"])),
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "TRACKER_ONLY_WORKER": "1",
    }
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "tracker",
        "worker",
        "-c",
        "1",
        "-I",
        "tests.worker_tasks",
    ]
    worker = Program("worker", command, CHECKOUT, TEST_QUEUE / "worker.log", patience=20, environment=environment)
    worker.start()
    assert wait_until(lambda: bool(app.control.ping(timeout=0.5)), 60), worker.last_words()
    yield worker
    worker.stop()


@pytest.fixture
def live_worker(_worker: Program, transactional_db: None) -> Iterator[Program]:
    """A Celery worker on the test database. Tests may kill it; what they left it to do is done before the tables are
    emptied: a worker in the middle of a statement would not let go of them."""
    yield _worker
    wait_until(_nothing_waits, 20)


def _nothing_waits() -> bool:
    """Whether nothing is queued, and nothing taken that was not done (tasks are acknowledged late)."""
    from tracker.celery import app

    with app.connection_for_read() as connection:
        channel = connection.default_channel
        queued, taken = channel.client.llen("celery"), channel.client.hlen(channel.unacked_key)
    return not queued and not taken


# browser


def chromium() -> str | None:
    """The browser that CHROMIUM names, or one on the PATH."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    quiet = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
    return {**browser_type_launch_args, "executable_path": chromium(), "args": list(quiet)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
            if not chromium() and os.environ.get("CI") != "true":
                item.add_marker(pytest.mark.skip(reason=NO_BROWSER))
        if item.get_closest_marker("slow") and not os.environ.get("TRACKER_SLOW_TESTS"):
            item.add_marker(pytest.mark.skip(reason="slow: TRACKER_SLOW_TESTS=1 runs it"))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = terminalreporter.stats.get("skipped", ())
    skipped = [report.nodeid for report in reports if NO_BROWSER in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} browser tests skipped: {NO_BROWSER}")


# real data


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with `data/` and `articles/` that TRACKER_DATA names; without it the test is skipped."""
    folder = os.environ.get("TRACKER_DATA")
    if not folder:
        pytest.skip("real data absent: TRACKER_DATA is not set")
    return Path(folder)


# a small world and a small cast (tests/world.py makes single records)


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def outsider(db: None) -> User:
    """Signed in, no permission at all."""
    return make_user("outsider")


@pytest.fixture
def contributor(db: None) -> User:
    return make_user("contributor", "add_importrun", "view_importrun", group="Contributor", is_staff=True)


@pytest.fixture
def editor(db: None) -> User:
    return make_user("editor", *EDITING, group="Editor", is_staff=True)


@pytest.fixture
def reviewer(db: None) -> User:
    return make_user("reviewer", *EDITING, group="Reviewer", is_staff=True)


@pytest.fixture
def admin(db: None) -> User:
    return make_user("admin", is_staff=True, is_superuser=True)

"""The tracker's settings on a database of this test run alone, in a cluster that only tests use."""

import os

from tracker.embedded.postgres import Cluster
from tracker.state import state_folder

TEST_CLUSTER = Cluster(state_folder() / "test", durable=False)
if "DATABASE_URL" not in os.environ:
    os.environ["DATABASE_URL"] = TEST_CLUSTER.url()
    USES_TEST_CLUSTER = True
else:
    USES_TEST_CLUSTER = os.environ["DATABASE_URL"] == TEST_CLUSTER.url()

from tracker.settings import *  # noqa: E402, F403
from tracker.settings import DATABASES  # noqa: E402

DATABASES["default"]["TEST"] = {"NAME": f"test_tracker_{os.getpid()}"}
DATABASES["default"]["CONN_MAX_AGE"] = 0
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

"""The tracker's settings on a database and a queue of this test run alone.

The cluster is one that only tests use; several runs may share it at the same time.
"""

import os

from tracker.embedded import valkey
from tracker.embedded.postgres import Cluster
from tracker.state import state_folder

TEST_STATE = state_folder() / "test"
TEST_CLUSTER = Cluster(TEST_STATE, durable=False)
TEST_QUEUE = TEST_STATE / f"queue-{os.getpid()}"
os.environ.setdefault("DATABASE_URL", TEST_CLUSTER.url())
os.environ["CELERY_BROKER_URL"] = valkey.broker_url(TEST_QUEUE)
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser tests have an event loop in their thread

from tests.undefined_variables import FailOnUndefined  # noqa: E402
from tracker.settings import *  # noqa: E402, F403
from tracker.settings import DATABASES, REST_FRAMEWORK, TEMPLATES  # noqa: E402

DATABASES["default"]["TEST"] = {"NAME": f"test_tracker_{os.getpid()}"}
DATABASES["default"]["CONN_MAX_AGE"] = 0
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = FailOnUndefined("%s")
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False
WHITENOISE_USE_FINDERS = False  # each new client would look through all files; live_server has its own way
ARTICLE_NAME_MODELS = {}
ARTICLE_LLM = None
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = {"visitor": None, "user": None, "load": None}

"""Settings of the tracker; what an operator may change is read from the environment."""

import os
from typing import Any

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from tracker import environment
from tracker.embedded.postgres import Cluster
from tracker.embedded.valkey import broker_url
from tracker.logs import logging_config
from tracker.state import CHECKOUT, state_folder

BASE_DIR = CHECKOUT
STATE_DIR = state_folder()

SECRET_KEY = environment.secret_key(STATE_DIR)
DEBUG = environment.flag("DEBUG")
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS", "")
METRICS = environment.flag("TRACKER_METRICS")
COLLECTED_STATIC = environment.flag("TRACKER_COLLECTED_STATIC")  # `collectstatic` ran, as in the container

# applications

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "tracker.desk.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "axes",
    "csp",
    "django_celery_beat",
    "django_filters",
    "django_htmx",
    "django_linear_migrations",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pghistory",
    "pgtrigger",
    "rest_framework",
    "tracker",
    "visits",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "tracker.language.ReaderLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "visits.api.reads.ReadsMiddleware",
    "tracker.admin_policy.AdminContentPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "visits.pages.languages.NativeNamesMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "axes.middleware.AxesMiddleware",
]
WARM = ["visits.stats.warm"]  # what a web server does as it starts, beside its first requests

if METRICS:
    MIDDLEWARE.remove("visits.api.reads.ReadsMiddleware")  # what is measured hangs on the end of the whole way
    INSTALLED_APPS.append("django_prometheus")
    MIDDLEWARE.insert(0, "django_prometheus.middleware.PrometheusBeforeMiddleware")
    MIDDLEWARE.append("django_prometheus.middleware.PrometheusAfterMiddleware")

ROOT_URLCONF = "tracker.urls"
WSGI_APPLICATION = "tracker.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# data

DATABASES = {"default": environment.database(os.environ.get("DATABASE_URL") or Cluster(STATE_DIR).url())}
if replica := os.environ.get("DATABASE_REPLICA_URL"):
    DATABASES["replica"] = environment.database(replica) | {"TEST": {"MIRROR": "default"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# work in the background: a task is done once, also when its worker is killed in the middle of it

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL") or broker_url(STATE_DIR)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False  # e-mails on the console stay readable
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TIMEZONE = "UTC"
_LOOK_FOR_LOADS = 15  # seconds
CELERY_BEAT_SCHEDULE = {
    "resume-loads": {
        "task": "visits.tasks.resume_loads",
        "schedule": _LOOK_FOR_LOADS,
        "options": {"expires": _LOOK_FOR_LOADS},  # behind a long queue one look is enough
    },
    "read-feeds": {
        "task": "visits.tasks.read_feeds",
        "schedule": _LOOK_FOR_LOADS,
        "options": {"expires": _LOOK_FOR_LOADS},
    },
    "gather-changes": {
        "task": "visits.tasks.gather_changes",
        "schedule": _LOOK_FOR_LOADS,
        "options": {"expires": _LOOK_FOR_LOADS},
    },
    **{
        f"alerts-{frequency}": {
            "task": "visits.tasks.send_alerts",
            "schedule": schedule,
            "args": [frequency],
            "options": {"expires": 60 if frequency == "at-once" else 3600},
        }
        for frequency, schedule in (
            ("at-once", crontab()),
            ("daily", crontab(hour="6", minute="0")),
            ("weekly", crontab(hour="6", minute="10", day_of_week="mon")),
        )
    },
    "send-letters": {"task": "visits.tasks.send_letters", "schedule": crontab(), "options": {"expires": 60}},
    "forget-letters": {"task": "visits.tasks.forget_letters", "schedule": crontab(hour="3", minute="20")},
    "check-records": {
        "task": "visits.tasks.check_records",
        "schedule": crontab(minute="40"),
        "options": {"expires": 3000},  # the next one is as good
    },
    "forget-digest-changes": {"task": "visits.tasks.forget_digest_changes", "schedule": crontab(hour="3", minute="20")},
    "expire-previews": {"task": "visits.tasks.expire_previews", "schedule": crontab(hour="3", minute="10")},
    "suggest-merges": {"task": "visits.tasks.suggest_merges", "schedule": crontab(hour="3", minute="40")},
}
PREVIEW_DAYS = int(os.environ.get("TRACKER_PREVIEW_DAYS", "7"))  # so long a dry run can be applied

# reading articles: rules always; spaCy and a language model where they are configured (docs/operating.md)

ARTICLE_NAME_MODELS = environment.name_models()
ARTICLE_LLM = environment.language_model()

# what is fetched from the network: articles by their address, feeds

FETCH_PORTS = frozenset({80, 443})
FETCH_ALLOW = environment.places("TRACKER_FETCH_ALLOW")  # (address, port) beyond the public network
FEED_GAP = 2.0  # seconds between two requests to one host
FETCH_USER_AGENT = os.environ.get("TRACKER_USER_AGENT") or "DiplomaticVisitTracker/0.1 (reads news of visits)"

# people

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 1  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]

# readers and e-mail: without a mail server, e-mails are written to the log

SIGN_UP = environment.flag("TRACKER_SIGN_UP", default=True)  # whether new readers may sign up
SITE_URL = os.environ.get("TRACKER_URL") or f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_SSL = EMAIL_PORT == 465
EMAIL_USE_TLS = environment.flag("EMAIL_USE_TLS", default=EMAIL_PORT == 587)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("TRACKER_MAIL_FROM") or "Diplomatic visits <tracker@localhost>"

# words and time

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ru", _("Russian"))]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600  # seconds
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# static files: straight from the sources, or collected and hashed

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = STATE_DIR / "static" if COLLECTED_STATIC else None
WHITENOISE_USE_FINDERS = not COLLECTED_STATIC
WHITENOISE_MAX_AGE = 3600 if COLLECTED_STATIC else 0
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = STATE_DIR / "media"
FILE_UPLOAD_PERMISSIONS = 0o600

# safety

CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
if environment.flag("TRACKER_HTTPS"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000

# the editors' desk

_PALETTE = {  # shade: lightness and chroma of the green of the public pages
    "50": "97.5% .012", "100": "94.5% .025", "200": "89% .045", "300": "81% .065", "400": "70% .08", "500": "64% .09",
    "600": "47% .08", "700": "40% .07", "800": "34% .055", "900": "29% .045", "950": "22% .035",
}  # fmt: skip
UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Visit tracker"),
    "SITE_HEADER": _("Visit tracker"),
    "SITE_SUBHEADER": _("Editors’ desk"),
    "SITE_SYMBOL": "travel_explore",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("favicon.svg")},
    ],
    "SHOW_HISTORY": True,
    "SHOW_LANGUAGES": True,
    "BORDER_RADIUS": "4px",
    "COLORS": {"primary": {shade: f"oklch({tone} 165)" for shade, tone in _PALETTE.items()}},
    "STYLES": [lambda request: static("admin/desk/desk.css")],
    "SCRIPTS": [lambda request: static("admin/desk/desk.js")],
}

# API

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_SCHEMA_CLASS": "visits.api.schema.Schema",
    "DEFAULT_RENDERER_CLASSES": ["visits.api.answers.Json"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["visits.api.access.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "visits.api.problems.answer",
    "DEFAULT_THROTTLE_RATES": {
        "visitor": os.environ.get("TRACKER_RATE_VISITOR", "1200/minute"),
        "user": os.environ.get("TRACKER_RATE_USER", "6000/minute"),
        "load": os.environ.get("TRACKER_RATE_LOAD", "120/hour"),
    },
    "NUM_PROXIES": int(os.environ.get("TRACKER_PROXIES", "0")),  # whose X-Forwarded-For is believed
    "URL_FORMAT_OVERRIDE": None,  # `format` is a filter
    "FORMAT_SUFFIX_KWARG": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Diplomatic-visit tracker",
    "DESCRIPTION": "Visits and meetings in which every fact carries the sentence it came from. Reading is open to all.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# seeing what happens

LOGGING = logging_config(os.environ.get("LOG_LEVEL", "INFO"))
LOGGING_CONFIG = "logging.config.dictConfig"
if dsn := os.environ.get("SENTRY_DSN"):
    import sentry_sdk

    sentry_sdk.init(dsn=dsn, send_default_pii=False)

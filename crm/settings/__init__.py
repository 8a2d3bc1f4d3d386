"""The one settings module. Everything that differs between installations comes from the environment;
the table in the README names each variable."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
import pghistory
import pgtrigger
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from crm.hosting.database_url import HostingError, database_from_url, embedded_database
from crm.settings import env
from crm.settings.secret import secret_key

# Django's generics (QuerySet[Lead], ModelForm[Lead]) exist only for the type checker otherwise.
django_stubs_ext.monkeypatch()

env.refuse_unknown_names()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
HOME = Path(env.text("THROUGHLINE_HOME") or BASE_DIR / "var").resolve()

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = secret_key(env.text("SECRET_KEY"), HOME)
BASE_URL = env.base_url("BASE_URL", "http://127.0.0.1:8000")
_HOST = urlsplit(BASE_URL).hostname or ""
_HTTPS = BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", f"{_HOST} localhost 127.0.0.1 [::1]")
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "crm.core",
    "crm.users",
    "catalog",
    "crm.data",
    "crm.process",
    "crm.customers",
    "activities",
    "leads",
    "sales",
    "crm.reports",
    "crm.hosting",
    "unfold.apps.BasicAppConfig",
    "crm.core.admin_config.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_filters",
    "django_htmx",
    "django_tasks_db",
    "pgtrigger",
    "pghistory",
]

MIDDLEWARE = [
    # What every answer carries stands first, so that files and refusals carry it too.
    "crm.core.middleware.RequestIdMiddleware",
    "crm.core.guards.HeaderMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "crm.core.middleware.FormEncodingMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "crm.core.guards.GuardMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "crm.core.middleware.HistoryMiddleware",
    "crm.core.middleware.ErrorPageMiddleware",
    "crm.users.middleware.SignInMiddleware",
]

ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crm.core.context.frame",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


def _database() -> dict[str, Any]:
    url = env.text("DATABASE_URL")
    pooled = env.flag("DATABASE_POOL", default=True)
    try:
        return database_from_url(url, pooled=pooled) if url else embedded_database(HOME, pooled=pooled)
    except HostingError as error:
        raise ImproperlyConfigured(str(error)) from error


DATABASES = {"default": _database()}
# Seconds after which a statement of a web request is stopped; 0 never. Behind pgbouncer the role sets it better.
STATEMENT_TIMEOUT = env.number("STATEMENT_TIMEOUT", 30 if "pool" in DATABASES["default"]["OPTIONS"] else 0)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    # What all web processes have to agree on, such as the attempts to sign in: a table that a crash may empty.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    },
    # What each process may keep for itself.
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["crm.users.backend.PersonBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "crm.users.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/login/"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _HTTPS

LANGUAGE_CODE = env.text("LANGUAGE_CODE", "en")
LANGUAGES = [("en", _("English"))]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = HOME / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_ROOT = HOME / "uploads"
# Never served by themselves: `crm.data` gives each to the person who made it.
EXPORTS_ROOT = HOME / "exports"
IMPORTS_ROOT = HOME / "imports"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
# A whole request: the largest file that is imported (50 MB), and the form around it.
REQUEST_BODY_LIMIT = 52 * 1024 * 1024

MAILERS = env.mailers("EMAIL_URL")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"throughline@{_HOST}")

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = _HTTPS
_BEHIND_PROXY = env.flag("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _BEHIND_PROXY else None
# Attempts to sign in are counted by address: that of the visitor, not that of the proxy.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if _BEHIND_PROXY else 0
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SECURE_HSTS_PRELOAD = _HTTPS
SESSION_ENGINE = "crm.users.sessions"
SESSION_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# A link to choose a new password lies in a mailbox for that long.
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
CSRF_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "crm.core.error_pages.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}

TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "QUEUES": ["default", "long"],
    },
}

# An event keeps the context of its own moment; a shared context row would let the last action overwrite all.
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_LEVEL = pgtrigger.Statement
# Events are found by their record; indexes on every copied foreign key would double the price of a write.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
PGHISTORY_ADMIN_ALL_EVENTS = False
PGTRIGGER_SCHEMA_EDITOR = True

PHONE_REGION = env.text("PHONE_REGION", "") or None
CAPTURE_BODY_LIMIT = 1024 * 1024
# Posts a minute to one form from one address, for each web process; 0 takes any number.
CAPTURE_RATE_LIMIT = env.number("CAPTURE_RATE_LIMIT", 600)
# The service that lead forms ask for a captcha; without a secret none is asked.
CAPTCHA = env.choice("CAPTCHA", ("recaptcha", "hcaptcha", "turnstile"), "turnstile")
CAPTCHA_SITE_KEY = env.text("CAPTCHA_SITE_KEY")
CAPTCHA_SECRET = env.text("CAPTCHA_SECRET")

UNFOLD = {
    "SITE_TITLE": "Throughline",
    "SITE_HEADER": "Throughline",
    "SITE_URL": "/",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": f"{STATIC_URL}img/mark.svg"}],
    "SHOW_HISTORY": False,
    "STYLES": [f"{STATIC_URL}css/admin.css"],
    "SCRIPTS": [f"{STATIC_URL}js/admin.js"],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "crm.core.logs.RequestIdFilter"},
        "secret_paths": {"()": "crm.core.logs.SecretPathFilter"},
    },
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id", "secret_paths"]}
    },
    "root": {
        "handlers": ["console"],
        "level": env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "WARNING"),
    },
}

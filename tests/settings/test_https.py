"""What an https address changes, read in a process of its own, since settings are read once."""

import json
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

_NAMES = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS"]
_NAMES += ["SECURE_HSTS_INCLUDE_SUBDOMAINS", "DEBUG", "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN"]
_READ = """
import json, os, sys
import django
from django.conf import settings
django.setup()
from django.test import Client
first = Client(headers={"host": "crm.example.com"})
pages = [first.get("/login/", secure=secure) for secure in (False, True)]
headers = {name: pages[1].headers.get(name, "") for name in ("Strict-Transport-Security", "Set-Cookie")}
headers["cookie"] = first.cookies["csrftoken"].OutputString()
values = [getattr(settings, name) for name in sys.argv[1:]]
print(json.dumps([values, pages[0].status_code, pages[0]["Location"], headers]))
"""


def read(tmp_path: Path, database_url: str, **environment: str) -> list[object]:
    base = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    own = {"THROUGHLINE_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "crm.settings", "DATABASE_URL": database_url}
    own |= {"DATABASE_POOL": "off", **environment}
    command = [sys.executable, "-c", _READ, *_NAMES]
    done = subprocess.run(  # noqa: S603 - our own words
        command, cwd=settings.BASE_DIR, env=base | own, capture_output=True, check=True, timeout=120
    )
    found: list[object] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_an_https_address_makes_cookies_and_headers_strict(
    tmp_path: Path, django_db_setup: None, database_url: str
) -> None:
    """36: secure cookies, a year of HSTS, plain requests sent to https; nothing has to be switched on."""
    values, status, place, headers = read(tmp_path, database_url, BASE_URL="https://crm.example.com")
    assert values == [True, True, True, 31_536_000, True, False, False]
    assert (status, place) == (301, "https://crm.example.com/login/")
    assert isinstance(headers, dict)
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= {part.strip() for part in headers["cookie"].split(";")}

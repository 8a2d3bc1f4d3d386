"""A wrong environment stops the start with one sentence and exit code 2."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

WRONG = [
    ({"BASE_URL": "crm.example.com"}, "BASE_URL must look like https://crm.example.com, not “crm.example.com”."),
    ({"DEBUG": "maybe"}, "DEBUG must be on or off, not “maybe”."),
    ({"SECRET_KEY": "short"}, "SECRET_KEY must have at least 32 characters."),
    (
        {"LOG_LEVEL": "LOUD"},
        "LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR, not “LOUD”.",
    ),
    (
        {"STATEMENT_TIMEOUT": "-1"},
        "STATEMENT_TIMEOUT must be a whole number from 0 on, not “-1”.",
    ),
    (
        {"EMAIL_URL": "mail.example.com"},
        "EMAIL_URL must look like smtp://user:password@host:587; what was given is not shown.",
    ),
    (
        {"THROUGHLINE_HOEM": "/somewhere"},
        "THROUGHLINE_HOEM is not a setting of this product; see the table in the README.",
    ),
    (
        {"SECRET_KEY": "x" * 40, "SECRET_KEY_FILE": "/nowhere"},
        "Set either SECRET_KEY or SECRET_KEY_FILE, not both.",
    ),
]


def run_check(tmp_path: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    base = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=settings.BASE_DIR,
        env={**base, "THROUGHLINE_HOME": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(("environment", "sentence"), WRONG, ids=[next(iter(given)) for given, _ in WRONG])
def test_a_malformed_value_stops_the_start_with_one_sentence(
    tmp_path: Path, environment: dict[str, str], sentence: str
) -> None:
    stopped = run_check(tmp_path, environment)

    assert (stopped.returncode, stopped.stderr, stopped.stdout) == (2, sentence + "\n", "")


def test_a_malformed_database_address_is_not_repeated_in_the_sentence(tmp_path: Path) -> None:
    stopped = run_check(tmp_path, {"DATABASE_URL": "mysql://root:geheim@db/crm"})

    assert stopped.returncode == 2
    assert stopped.stderr.count("\n") == 1
    assert "geheim" not in stopped.stderr


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("k" * 50)

    assert run_check(tmp_path, {"SECRET_KEY_FILE": str(key)}).returncode == 0
    assert not (tmp_path / "secret_key").exists()


def test_without_a_given_key_one_is_made_that_only_its_owner_reads(tmp_path: Path) -> None:
    home = tmp_path / "home"

    first = run_check(tmp_path, {"THROUGHLINE_HOME": str(home)})
    key = (home / "secret_key").read_text()
    run_check(tmp_path, {"THROUGHLINE_HOME": str(home)})

    assert first.returncode == 0
    assert len(key) >= 50
    assert (home / "secret_key").read_text() == key
    assert (home / "secret_key").stat().st_mode & 0o777 == 0o600

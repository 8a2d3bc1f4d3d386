"""The database that the suite itself runs on."""

import os

import psycopg
import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_database_of_a_test_is_a_migrated_copy_without_a_pool() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), (SELECT count(*) > 0 FROM django_migrations)")
        name, migrated = cursor.fetchone()
    assert name.startswith("test_")
    assert migrated
    assert "pool" not in connection.settings_dict["OPTIONS"]


@pytest.mark.django_db
def test_a_program_started_by_a_test_reaches_the_same_database() -> None:
    with psycopg.connect(os.environ["DATABASE_URL"]) as other:
        row = other.execute("SELECT current_database()").fetchone()
    assert row == (connection.settings_dict["NAME"],)


@pytest.mark.django_db
def test_the_database_folds_the_case_of_accented_letters() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT upper('é'), 'Z' < 'a'")
        assert cursor.fetchone() == ("É", True)

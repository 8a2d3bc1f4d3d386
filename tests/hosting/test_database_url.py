"""DATABASE_URL, and the embedded server's entry before the server exists."""

from pathlib import Path

import pytest

from crm.hosting.database_url import HostingError, database_from_url, embedded_database


def test_an_address_is_taken_apart_and_its_escapes_are_undone() -> None:
    entry = database_from_url("postgresql://u%40x:p%2Fw@db.example.com:5433/sales%20crm")
    assert (entry["USER"], entry["PASSWORD"]) == ("u@x", "p/w")
    assert (entry["HOST"], entry["PORT"], entry["NAME"]) == ("db.example.com", "5433", "sales crm")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("postgres:///crm?host=/var/run/postgresql", "/var/run/postgresql"),
        ("postgresql://me@%2Fvar%2Frun%2Fpostgresql/crm", "/var/run/postgresql"),
        ("postgresql://me@[::1]:5432/crm", "::1"),
    ],
)
def test_a_socket_folder_or_a_numeric_host_is_understood(url: str, host: str) -> None:
    assert database_from_url(url)["HOST"] == host


def test_options_of_the_client_library_are_handed_on() -> None:
    options = database_from_url("postgresql://h/crm?sslmode=require", pooled=False)["OPTIONS"]
    assert options == {"connect_timeout": "10", "sslmode": "require"}


def test_the_pool_is_there_with_checked_connections_and_can_be_switched_off() -> None:
    pooled = database_from_url("postgresql://h/crm?options=-c%20work_mem%3D8MB")
    assert pooled["OPTIONS"]["pool"]["max_size"] == 2
    assert pooled["OPTIONS"]["options"].endswith("-c max_parallel_workers_per_gather=0 -c work_mem=8MB")
    assert pooled["CONN_HEALTH_CHECKS"] is True
    assert "pool" not in database_from_url("postgresql://h/crm", pooled=False)["OPTIONS"]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "begin with postgresql://"),
        ("mysql://u:geheim@h/crm", "begin with postgresql://"),
        ("host=h dbname=crm", "begin with postgresql://"),
        ("postgresql://u:geheim@h/", "name of the database is missing"),
        ("postgresql://u:geheim@h:port/crm", "port is not a number"),
        ("postgresql://u:geheim@h:70000/crm", "port is not a number"),
        ("postgresql://u:geheim@[::1/crm", "is not understood"),
        ("postgresql://u:geheim@h/crm?colour=red", "is not understood"),
        ("postgresql://u:%zz@h/crm", "is not understood"),
    ],
)
def test_a_malformed_address_is_refused_in_one_sentence_without_its_password(url: str, reason: str) -> None:
    with pytest.raises(HostingError) as refusal:
        database_from_url(url)
    sentence = str(refusal.value)
    assert reason in sentence
    assert "geheim" not in sentence
    assert "\n" not in sentence


def test_the_embedded_entry_can_be_read_before_the_first_start_and_makes_nothing() -> None:
    # A short path: a long one would get a socket folder elsewhere.
    home = Path("/no-such-home-of-throughline")
    entry = embedded_database(home)
    assert (entry["NAME"], entry["PASSWORD"]) == ("throughline", "")
    assert entry["HOST"] == str(home / "database" / "run")
    assert not home.exists()


def test_a_deep_home_gets_a_socket_folder_with_a_short_name(tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 20) / ("name" * 20)
    host = embedded_database(deep)["HOST"]
    assert len(f"{host}/.s.PGSQL.5432") < 104
    assert host == embedded_database(deep)["HOST"]
    assert host != embedded_database(deep / "other")["HOST"]

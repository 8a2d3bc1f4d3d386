"""The first page: what waits for the person who signed in, and nothing of others."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.services.leads import disqualify_lead
from tests.factories.activities import make_activity
from tests.factories.cast import Cast
from tests.factories.leads import make_lead
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


def test_the_first_page_shows_my_open_work_and_nobody_elses(cast: Cast, client_for: ClientFor) -> None:
    make_lead(cast.rep_a, last_name="Mine")
    closed = make_lead(cast.rep_a, last_name="Closed")
    disqualify_lead(lead_id=closed.pk, reason="lost", actor=cast.rep_a, at=AT)
    make_lead(cast.rep_b, last_name="Theirs")
    make_activity(cast.rep_a, subject="Call back")

    page = client_for(cast.rep_a).get("/").content.decode()

    assert "Mine" in page
    assert "Call back" in page
    assert "Closed" not in page
    assert "Theirs" not in page
    assert "None of your opportunities is open." in page


def test_the_first_page_costs_the_same_with_2_and_with_50_rows(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.rep_a)
    client.get("/")
    counts = []
    for rows in (2, 48):
        for _row in range(rows):
            lead = make_lead(cast.rep_a)
            make_activity(cast.rep_a, regarding=lead)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get("/").status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 8

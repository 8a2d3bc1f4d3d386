"""Quotes end after their last day to accept, and not a day earlier."""

import datetime as dt

import pytest

from activities.models import Activity
from crm.core import history
from crm.core.actors import SYSTEM
from crm.core.models import Organisation, Schedule
from crm.users.models import User
from sales.models import Quote
from sales.services.expiry import expire_quotes
from sales.services.quotes import activate_quote, close_quote
from sales.tasks import expire_quotes as by_the_clock
from tests.factories.cast import Cast
from tests.factories.sales import again, make_quote, write_in

pytestmark = pytest.mark.django_db

LAST_DAY = dt.date(2026, 3, 31)
OFFERED_AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def offered(owner: User, last_day: dt.date | None) -> Quote:
    quote = make_quote(owner, [write_in("10")], expires_on=last_day)
    return activate_quote(quote_id=quote.pk, actor=SYSTEM, at=OFFERED_AT)


def test_a_quote_stays_active_through_its_last_day_and_expires_after_it(cast: Cast) -> None:
    Organisation.objects.update(time_zone="America/New_York")
    quote = offered(cast.rep_a, LAST_DAY)

    # Already 1 April in UTC, still 31 March where the organisation lives.
    assert expire_quotes(actor=SYSTEM, at=dt.datetime(2026, 4, 1, 3, 59, tzinfo=dt.UTC)) == 0
    assert again(quote).state == "active"
    assert expire_quotes(actor=SYSTEM, at=dt.datetime(2026, 4, 1, 4, 1, tzinfo=dt.UTC)) == 1

    expired = again(quote)
    assert (expired.state, expired.status_reason, expired.closed_on) == ("closed", "expired", dt.date(2026, 4, 1))
    assert Activity.objects.filter(kind="close", regarding_id=quote.pk, state="completed").count() == 1
    event = history.events_of(expired).first()
    assert event is not None
    context = event.pgh_context  # type: ignore[attr-defined]  # of the event tables that pghistory makes
    assert (context["action"], context["actor"]) == ("quote.expired", "System")


def test_only_active_quotes_with_a_last_day_expire(cast: Cast) -> None:
    endless = offered(cast.rep_a, None)
    closed = offered(cast.rep_a, LAST_DAY)
    close_quote(quote_id=closed.pk, status_reason="lost", actor=SYSTEM, at=OFFERED_AT)

    assert expire_quotes(actor=SYSTEM, at=dt.datetime(2027, 1, 1, tzinfo=dt.UTC)) == 0

    assert (again(endless).state, again(closed).status_reason) == ("active", "lost")


def test_the_clock_expires_quotes(cast: Cast) -> None:
    assert Schedule.objects.get(name="Expire quotes").task == by_the_clock.module_path
    quote = offered(cast.rep_a, LAST_DAY)

    by_the_clock.call()

    assert (again(quote).state, again(quote).status_reason) == ("closed", "expired")

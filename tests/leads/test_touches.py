"""The same person again tells the owner of the lead, and what was posted stays as it came."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.users.models import MutedKind, Notification, NotificationKind, Team, User
from crm.users.services.notifications import read_all_notifications
from leads.models import CapturedPost, CaptureForm, Lead
from tests.factories.cast import Cast
from tests.factories.leads import make_form
from tests.fixtures import ClientFor
from tests.proofs.world import browser

pytestmark = pytest.mark.django_db
AMES = {"last_name": "Ames", "email": "ames@x.example"}


def send(form: CaptureForm, **fields: str) -> None:
    assert browser().post(f"/capture/{form.key}/", {**AMES, **fields}).status_code == 200


def told(person: User) -> list[tuple[str, str]]:
    rows = Notification.objects.filter(person=person).order_by("pk")
    return [(row.kind, row.text % {**row.words, "record": "it"}) for row in rows]


def test_the_owner_is_told_once_until_they_have_read_it(cast: Cast, client_for: ClientFor) -> None:
    form = make_form(cast.rep_a, name="Fair", again="touch")
    send(form)
    assert told(cast.rep_a) == []
    for _time in range(3):
        send(form)
    assert told(cast.rep_a) == [("touch", "it has written again through “Fair”")]
    page = client_for(cast.rep_a).get("/notifications/").content.decode()
    assert "Ames has written again through “Fair”" in page

    read_all_notifications(actor=cast.rep_a, at=timezone.now())
    send(form)
    assert len(told(cast.rep_a)) == 2
    # Whoever owns it now is told, and nobody who does not want it.
    Lead.objects.update(owner=cast.rep_b)
    MutedKind.objects.create(person=cast.rep_b, kind=NotificationKind.TOUCH)
    send(form)
    assert (len(told(cast.rep_a)), told(cast.rep_b)) == (2, [])


def test_a_lead_of_a_team_tells_nobody_in_particular(cast: Cast) -> None:
    team = Team.objects.create(name="Inside sales", kind=Team.Kind.OWNER, business_unit=cast.north)
    form = make_form(team, again="touch")
    send(form)
    send(form)
    assert CapturedPost.objects.filter(verdict="touch").count() == 1
    assert Notification.objects.count() == 0


@pytest.mark.parametrize(
    "change",
    [
        {"body": b"other"},
        {"headers": {"Referer": "x"}},
        {"path": "/"},
        {"received_at": "2026-01-01T00:00Z"},
        {"remote_address": "10.0.0.9"},
        {"verdict": "spam"},
        {"form": None},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_database_keeps_a_post_as_it_came(cast: Cast, change: dict[str, object]) -> None:
    """Its verdict may change, but none that contradicts what it has become."""
    send(make_form(cast.rep_a))
    before = list(CapturedPost.objects.values())
    with pytest.raises(IntegrityError), transaction.atomic():
        CapturedPost.objects.update(**change)
    assert list(CapturedPost.objects.values()) == before


def test_no_post_to_a_form_goes_and_those_to_unknown_ones_may(cast: Cast) -> None:
    send(make_form(cast.rep_a))
    browser().post("/capture/nothing/", AMES)
    with pytest.raises(IntegrityError), transaction.atomic():
        CapturedPost.objects.filter(form__isnull=False).delete()
    CapturedPost.objects.filter(form__isnull=True).delete()
    assert CapturedPost.objects.count() == 1

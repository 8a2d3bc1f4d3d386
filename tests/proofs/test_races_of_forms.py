"""Every form that makes something, and every act, sent twice at the same moment with one key: it happens once."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from crm.users.models import IdempotencyKey
from tests.proofs.rights import matrix
from tests.proofs.world import browser, make_world
from tests.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def _sent_by_two_tabs(tabs: list[Client], url: str, sent: dict[str, Any]) -> list[tuple[int, str]]:
    def send(tab: Client) -> tuple[int, str]:
        response = tab.post(url, sent)
        return response.status_code, response.headers.get("Location", "")

    answers = at_once([lambda tab=tab: send(tab) for tab in tabs])  # type: ignore[misc]  # a default binds the tab
    errors = [answer for answer in answers if isinstance(answer, Exception)]
    assert errors == [], url
    return [answer for answer in answers if not isinstance(answer, Exception)]


def test_every_form_sent_twice_at_once_takes_effect_once(transactional_db: None) -> None:
    """Acts follow each other on the same records, so some are refused: then both tabs are, in the same way."""
    with transaction.atomic():
        world = make_world()
    rows = {name: row for name, row in matrix(world).items() if "o" in row.post and not name.endswith("_preview")}
    tabs, done = [browser(world.cast.administrator) for _tab in range(2)], 0
    for name, row in rows.items():
        url = reverse(name, args=world.args(row.record) if row.record else ())
        first, second = _sent_by_two_tabs(tabs, url, {**row.sent, "idempotency_key": f"key of {name}"})
        assert first == second, name
        assert first[0] in (302, 404, 409, 422), name
        if first[0] == 302:
            done += 1
            keys = IdempotencyKey.objects.filter(key=f"key of {name}")
            assert [key.result_url for key in keys] == [first[1]], name

    assert done > len(rows) * 2 // 5
    assert IdempotencyKey.objects.count() == done

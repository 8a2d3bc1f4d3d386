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


#: A theme or a first view set twice is set; whoever ends all other sessions would end that of the other tab.
NEEDS_NO_KEY = {"settings_theme", "settings_sign_out", "view_first"}


def test_every_form_sent_twice_at_once_takes_effect_once(transactional_db: None) -> None:
    """Acts follow each other on the same records, so some are refused: then both tabs are, in the same way."""
    with transaction.atomic():
        world = make_world()
    rows = {name: row for name, row in matrix(world).items() if "o" in row.post and name not in NEEDS_NO_KEY}
    rows = {name: row for name, row in rows.items() if not name.endswith("_preview")}
    tabs, done, wrong = [browser(world.cast.administrator) for _tab in range(2)], 0, list[str]()
    for name, row in rows.items():
        url = reverse(name, args=world.args(row.record) if row.record else ())
        first, second = _sent_by_two_tabs(tabs, url, {**row.sent, "idempotency_key": f"key of {name}"})
        if first != second or first[0] not in (302, 404, 409, 422):
            wrong.append(f"{name}: {first}, {second}")
        if first[0] == 302:
            done += 1
            keys = IdempotencyKey.objects.filter(key=f"key of {name}")
            wrong += [f"{name}: {key.result_url}" for key in keys if key.result_url != first[1]]
            wrong += [] if keys else [f"{name} took no key"]

    assert wrong == []
    assert done > len(rows) * 2 // 5
    assert IdempotencyKey.objects.count() == done

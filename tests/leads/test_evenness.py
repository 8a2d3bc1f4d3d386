"""What becomes no lead is answered after as long a time as what does. No clock is asked here."""

import pytest

from leads.capture.evenness import Evenness
from leads.services import capture
from tests.factories.cast import Cast
from tests.factories.leads import make_form
from tests.proofs.world import browser


def test_it_waits_for_what_one_of_the_last_leads_took_and_never_long() -> None:
    even = Evenness()
    assert even.missing(0.004) == pytest.approx(0.006)
    even.note(0.02)
    assert even.missing(0.005) == pytest.approx(0.015)
    assert even.missing(0.03) == 0
    for _number in range(64):
        even.note(7.0)
    assert even.missing(0.0) == 0.1


@pytest.mark.django_db
def test_spam_and_posts_to_no_form_wait_and_leads_do_not(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(capture, "sleep", waited.append)
    key = make_form(cast.rep_a).key
    browser().post(f"/capture/{key}/", {"last_name": "Ames"})
    assert waited == []
    browser().post(f"/capture/{key}/", {"last_name": "Bot", "hp_website": "x"})
    browser().post("/capture/nothing/", {"last_name": "Ames"})
    assert len(waited) == 2

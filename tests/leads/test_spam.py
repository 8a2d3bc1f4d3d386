"""What makes a post look like spam, in points and reasons."""

from typing import Any

import pytest

from leads.capture.pace import MOST, Pace
from leads.capture.spam import BOUNDS, Reason, Signs, reason_words, weigh
from leads.capture.started import seconds_since, start_token
from leads.services.senders import is_disposable

PLAIN: dict[str, object] = {"first_name": "Ann", "last_name": "Lee", "description": "Please call. https://a.example"}


@pytest.mark.parametrize(
    ("signs", "points", "reasons"),
    [
        ({}, 0, ()),
        ({"trap": "x"}, 100, ("honeypot",)),
        ({"seconds": 1.2}, 40, ("too_fast:1.2",)),
        ({"seconds": 2.0}, 0, ()),
        ({"is_start_forged": True}, 40, ("forged_start",)),
        ({"values": {"description": "http://a http://b www.c"}}, 30, ("links:3",)),
        ({"values": {"last_name": "Win at https://x.example"}}, 60, ("link_in_name",)),
        ({"values": {"description": "[url=https://x]y[/url]"}}, 60, ("markup",)),
        ({"is_disposable": True}, 40, ("disposable",)),
        ({"known": {"bad"}}, 100, ("known_bad",)),
        ({"known": {"good"}, "is_disposable": True}, 0, ("disposable", "known_good")),
        ({"captcha": Reason.CAPTCHA_DOWN}, 50, ("captcha_down",)),
    ],
)
def test_each_sign_has_its_points(signs: dict[str, Any], points: int, reasons: tuple[str, ...]) -> None:
    weight = weigh(Signs(**{"values": PLAIN, **signs}))
    assert (weight.points, weight.reasons) == (points, reasons)
    assert all(reason_words(reason) != reason for reason in reasons)


def test_the_sensitivity_of_the_form_decides_and_a_captcha_decides_alone() -> None:
    waits = {points: [name for name in ("off", *BOUNDS) if _weighing(points).waits(name)] for points in (30, 60, 100)}
    assert waits == {30: ["high"], 60: ["normal", "high"], 100: ["low", "normal", "high"]}
    good = weigh(Signs(values=PLAIN, known={"good"}, captcha=Reason.CAPTCHA_DOWN))
    assert good.points == 0
    assert all(good.waits(name) for name in ("off", *BOUNDS))


def _weighing(points: int) -> Any:
    signs: dict[int, dict[str, Any]] = {
        30: {"values": {"description": "http://a http://b http://c"}},
        60: {"values": {"last_name": "www.x.example"}},
        100: {"trap": "x"},
    }
    return weigh(Signs(**{"values": PLAIN, **signs[points]}))


def test_a_busy_hour_alone_holds_nobody_back_as_usual() -> None:
    weight = weigh(Signs(values=PLAIN, busy=tuple(MOST)))
    assert (weight.points, weight.waits("normal"), weight.waits("high")) == (45, False, True)


def test_what_is_busy_is_counted_by_address_sender_and_form() -> None:
    pace = Pace()

    def note(number: int, sender: str, at: float = 600.0) -> frozenset[Reason]:
        return pace.note(address="192.0.2.1", sender=sender, form_key="f", at=at + number / 100)

    seen = [note(number, "a@x.example" if number < 6 else f"{number}@x.example") for number in range(31)]
    assert seen[4] == frozenset()
    assert seen[5] == {Reason.BUSY_SENDER}
    assert seen[30] == {Reason.BUSY_ADDRESS}
    assert note(0, "b@x.example", at=1300.0) == frozenset()


def test_when_a_form_was_opened_is_signed_for_that_form() -> None:
    token = start_token("one")
    assert seconds_since("", "one", at=0) is None
    assert (seconds_since(token, "one", at=4_000_000_000) or 0) > 1_000_000
    for wrong in (token + "x", "1:2:3", token.replace("one", "two")):
        with pytest.raises(ValueError, match="made up"):
            seconds_since(wrong, "one", at=0)
    with pytest.raises(ValueError, match="another form"):
        seconds_since(token, "two", at=0)


def test_addresses_that_are_given_out_for_an_hour_are_known() -> None:
    assert [is_disposable(email) for email in ("a@mailinator.com", "a@x.mailinator.com", "a@gmail.com", "")] == [
        True,
        True,
        False,
        False,
    ]

"""Values that are kept as JSON, as added fields are: compared by kind, and certain where they are missing."""

import datetime as dt
from typing import Any

import pytest

from activities.models import Activity
from crm.core import fields
from crm.core.fields import Kind, RecordField, register_field_source
from crm.core.query import condition, parse
from crm.customers.models import Account
from crm.users.models import User
from tests.factories.cast import Cast
from tests.factories.customers import AccountFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("added")]

NOW = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)
KINDS = {
    "note": Kind.TEXT,
    "size": Kind.WHOLE,
    "rate": Kind.DECIMAL,
    "day": Kind.DATE,
    "hour": Kind.TIME,
    "is_big": Kind.YES_NO,
    "colour": Kind.CHOICE,
    "colours": Kind.CHOICES,
    "helper": Kind.PERSON,
    "partner": Kind.RECORD,
}
COLOURS = (("red", "Red"), ("blue", "Blue"))
RELATED = {Kind.PERSON: User, Kind.RECORD: Account}


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures of activities as fields of every kind."""

    def source(_actor: Any) -> list[RecordField]:
        return [
            RecordField(
                name=name,
                label=name.capitalize(),
                kind=kind,
                path=f"figures__{name}",
                choices=COLOURS if kind in {Kind.CHOICE, Kind.CHOICES} else (),
                related=RELATED.get(kind),
            )
            for name, kind in KINDS.items()
        ]

    monkeypatch.setattr(fields, "_sources", {model: [*said] for model, said in fields._sources.items()})
    register_field_source(Activity, source)


def note(cast: Cast, subject: str, **figures: Any) -> None:
    Activity.objects.create(kind="task", subject=subject, owner=cast.rep_a, owning_unit=cast.north, figures=figures)


def found(text: str, actor: Any) -> list[str]:
    rows = Activity.objects.filter(condition(parse(text), Activity, actor, NOW))
    return sorted(rows.values_list("subject", flat=True))


def test_values_of_every_kind(cast: Cast) -> None:
    seen = AccountFactory.create(name="Acme Works", owner=cast.rep_a)
    hidden = AccountFactory.create(name="Secret", owner=cast.rep_c)
    note(
        cast, "A", note="Größe XL", size="9", rate="1.50", day="2026-11-27", hour="14:30:00", is_big=True,
        colour="red", colours=["red", "blue"], helper=cast.rep_b.pk, partner=seen.pk,
    )  # fmt: skip
    note(
        cast, "B", note="klein", size="10", rate="0.5", day="2026-10-01", hour="09:00:00", is_big=False,
        colour="blue", colours=["blue"], helper=cast.rep_a.pk, partner=hidden.pk,
    )  # fmt: skip
    note(cast, "C")
    for text, names in {
        "note:grosse": "A",
        "note:kle*": "B",
        "note:=KLEIN": "B",
        "size:>9": "B",
        "size:9..10": "AB",
        "rate:1.5": "A",
        "rate:<1": "B",
        "day:today": "A",
        "day:<2026-11": "B",
        "hour:>=12:00": "A",
        "hour:09:00..10:00": "B",
        "is_big:yes": "A",
        "is_big:no": "B",
        "colour:Red": "A",
        "colour:red,blue": "AB",
        "colours:blue": "AB",
        "colours:red": "A",
        "helper:ben": "A",
        "helper:me": "B",
        "partner:acme": "A",
        "partner:secret": "",
    }.items():
        assert "".join(found(text, cast.rep_a)) == names, text
        opposite = "".join(name for name in "ABC" if name not in names)
        assert "".join(found(f"not {text}", cast.rep_a)) == opposite, text
    for name in KINDS:
        assert "".join(found(f"{name}:none", cast.rep_a)) == "C", name
        assert "".join(found(f"{name}:any", cast.rep_a)) == "AB", name
        assert "".join(found(f"not {name}:none", cast.rep_a)) == "AB", name

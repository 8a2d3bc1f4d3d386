"""Numbers, dates and times in the formats that people choose: as they are written, and as they are typed."""

import datetime as dt
from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from crm.core import format as shown
from crm.core.fragments import fragment
from crm.core.typed import read_date, read_moment, read_number, read_time
from crm.core.widgets import use_own_widgets
from crm.core.writing import DATE_FORMATS, NUMBER_FORMATS, TIME_FORMATS, Writing, style, written_as

GERMAN = Writing(number_format="1.234,56", date_format="dd.MM.y", time_format="HH:mm", week_starts="monday")
LANGUAGES = ("en", "de", "fr", "es", "sv", "pl", "ar", "he", "ja", "hi")
ALL = st.builds(
    Writing,
    number_format=st.sampled_from(["", *NUMBER_FORMATS]),
    date_format=st.sampled_from(["", *DATE_FORMATS]),
    time_format=st.sampled_from(["", *TIME_FORMATS]),
)
AMOUNTS = st.decimals(min_value=-(10**15), max_value=10**15, places=5)
DAYS = st.dates(min_value=dt.date(1000, 1, 1))


@pytest.mark.parametrize(
    ("written", "amount", "day", "short", "time"),
    [
        (Writing(), "−1,234.50", "18 Dec 2026", "18 Dec", "14:05"),
        (GERMAN, "−1.234,50", "18.12.2026", "18.12.", "14:05"),
        (Writing("1 234,56", "MMM d, y", "h:mm a"), "−1\u202f234,50", "Dec 18, 2026", "Dec 18", "2:05 pm"),
        (Writing("1'234.56", "MM/dd/y"), "−1’234.50", "12/18/2026", "12/18", "14:05"),
        (Writing("12,34,567.89", "dd-MM-y"), "−1,234.50", "18-12-2026", "18-12", "14:05"),
        (Writing("nonsense", "QQQ", "nine"), "−1,234.50", "18 Dec 2026", "18 Dec", "14:05"),
    ],
)
def test_values_are_written_as_chosen(written: Writing, amount: str, day: str, short: str, time: str) -> None:
    date = dt.date(2026, 12, 18)
    with written_as(written):
        assert shown.money(Decimal("-1234.5")) == amount
        assert shown.day(date) == day
        assert shown.short_day(date, date) == short
        assert shown.clock(dt.time(14, 5)) == time
    assert shown.day(date) == "18 Dec 2026"


def test_lakhs_are_grouped_by_two() -> None:
    with written_as(Writing("12,34,567.89")):
        assert shown.number(1234567, 2) == "12,34,567.00"
        assert read_number("12,34,567.5") == Decimal("1234567.5")
        assert read_number("1,234,567") == Decimal(1234567)


@pytest.mark.parametrize(
    ("starts", "first"), [("", (16, 2026)), ("monday", (16, 2026)), ("sunday", (15, 2026)), ("saturday", (14, 2026))]
)
def test_a_week_starts_on_the_chosen_day(starts: str, first: tuple[int, int]) -> None:
    with written_as(Writing(week_starts=starts)):
        assert shown.week_of(dt.date(2026, 11, 17)) == dt.date(first[1], 11, first[0])


@given(amount=AMOUNTS, written=ALL, language=st.sampled_from(LANGUAGES))
def test_a_number_is_read_as_it_was_written(amount: Decimal, written: Writing, language: str) -> None:
    with translation.override(language), written_as(written):
        assert read_number(shown.number(amount, 5)) == amount
        assert read_number(shown.quantity(amount)) == amount
        assert read_number(shown.typed(amount)) == amount


@given(whole=st.integers(min_value=-(10**15), max_value=10**15), written=ALL, language=st.sampled_from(LANGUAGES))
def test_a_whole_number_is_read_as_it_was_written(whole: int, written: Writing, language: str) -> None:
    """`1.000` is a thousand where that is how a thousand is written."""
    with translation.override(language), written_as(written):
        assert read_number(shown.number(whole, 0)) == whole


@given(day=DAYS, written=ALL, language=st.sampled_from(LANGUAGES))
def test_a_day_is_read_as_it_was_written(day: dt.date, written: Writing, language: str) -> None:
    with translation.override(language), written_as(written):
        assert read_date(shown.day(day)) == day
        assert read_date(day.isoformat()) == day


@given(moment=st.datetimes(min_value=dt.datetime(1000, 1, 1)), written=ALL)  # noqa: DTZ001 - as typed, without a zone
def test_a_moment_is_read_as_it_was_written(moment: dt.datetime, written: Writing) -> None:
    moment = moment.replace(second=0, microsecond=0)
    with written_as(written):
        assert read_moment(f"{shown.day(moment.date())} {shown.clock(moment.time())}") == moment
        assert read_moment(moment.isoformat()) == moment
        assert read_time(shown.clock(moment.time())) == moment.time()


@pytest.mark.parametrize(
    ("number_format", "text", "amount"),
    [
        ("1.234,56", "1.234,56", "1234.56"),
        ("1.234,56", "1234,56", "1234.56"),
        ("1.234,56", "1234.56", "1234.56"),
        ("1.234,56", "1,234.56", "1234.56"),
        ("1.234,56", "1.500", "1500"),
        ("1.234,56", "0.125", "0.125"),
        ("1.234,56", "−5", "-5"),
        ("1 234,56", "1 234,5", "1234.5"),
        ("1 234,56", "1\u00a0234\u202f567", "1234567"),
        ("1 234,56", "1234.56", "1234.56"),
        ("1'234.56", "1’234.56", "1234.56"),
        ("1,234.56", "1,234", "1234"),
        ("1,234.56", "1.234", "1.234"),
        ("1,234.56", "1.234,56", "1234.56"),
        ("1,234.56", ".5", "0.5"),
        ("", "+7", "7"),
    ],
)
def test_what_has_one_reading_is_read(number_format: str, text: str, amount: str) -> None:
    with written_as(Writing(number_format)):
        assert read_number(text) == Decimal(amount)


@pytest.mark.parametrize(
    ("number_format", "text"),
    [
        ("1.234,56", "1234.567"),
        ("1.234,56", "1.23.456"),
        ("1 234,56", "1.234"),
        ("1'234.56", "1,234"),
        ("1,234.56", "12,5"),
        ("1,234.56", "1,2345"),
        ("1,234.56", "1,234,56"),
        ("1,234.56", "1.234.567"),
        ("1,234.56", "01,234"),
        ("", "1e5"),
        ("", "NaN"),
        ("", "Infinity"),
        ("", "0x10"),
        ("", "5 EUR"),
        ("", "--5"),
        ("", "."),
        ("", "9" * 65),
    ],
)
def test_what_has_two_readings_or_none_is_a_sentence(number_format: str, text: str) -> None:
    with written_as(Writing(number_format)):
        with pytest.raises(ValidationError) as refused:
            read_number(text)
        example = shown.number(Decimal("1234.56"), 2)
        assert refused.value.messages == [f"“{text[:64]}” is not a number in your format. Write it like {example}."]


@pytest.mark.parametrize(
    ("date_format", "text"),
    [
        ("", "03/04/2026"),
        ("", "18.12.2026"),
        ("dd.MM.y", "12/18/2026"),
        ("dd.MM.y", "18.12.26"),
        ("dd.MM.y", "31.02.2026"),
        ("MM/dd/y", "18/12/2026"),
        ("d MMM y", "18 Foo 2026"),
        ("y-MM-dd", "tomorrow"),
        ("y-MM-dd", "0000-00-00"),
    ],
)
def test_a_day_in_another_format_is_a_sentence(date_format: str, text: str) -> None:
    with written_as(Writing(date_format=date_format)), pytest.raises(ValidationError) as refused:
        read_date(text)
    assert refused.value.messages[0].startswith(f"“{text}” is not a date in your format. Write it like ")


@pytest.mark.parametrize("text", ["25:00", "14", "13:05 pm", "0:10 am", "14:60", "noon"])
def test_what_is_no_time_is_a_sentence(text: str) -> None:
    with pytest.raises(ValidationError, match="is not a time"):
        read_time(text)


class TypedForm(forms.Form):
    amount = forms.DecimalField(max_digits=19, decimal_places=4, min_value=0)
    days = forms.IntegerField(required=False)
    born_on = forms.DateField(required=False)
    due_at = forms.DateTimeField(required=False)

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # passed on as they are
        use_own_widgets(self)


def test_forms_show_and_take_the_format_of_the_person() -> None:
    at = dt.datetime(2026, 11, 17, 9, 30, tzinfo=dt.UTC)
    initial = {"amount": Decimal("1234.5000"), "days": 1000, "born_on": dt.date(2026, 12, 18), "due_at": at}
    with written_as(GERMAN):
        page = TypedForm(initial=initial).as_p()
        for value in ("1234,50", "1000", "18.12.2026", "17.11.2026 09:30"):
            assert f'value="{value}"' in page
        assert 'type="number"' not in page
        form = TypedForm(
            {"amount": "1.234,5", "days": "1.000", "born_on": "18.12.2026", "due_at": "17.11.2026 09:30"},
            initial=initial,
        )
        assert form.is_valid()
        assert form.cleaned_data == initial
        assert not form.has_changed()
        refused = TypedForm({"amount": "1234.567", "born_on": "12/18/2026"})
        assert refused.errors == {
            "amount": ["“1234.567” is not a number in your format. Write it like 1.234,56."],
            "born_on": ["“12/18/2026” is not a date in your format. Write it like 18.12.2026."],
        }
        assert 'value="1234.567"' in refused.as_p()


def test_without_a_choice_days_have_the_calendar_of_the_browser() -> None:
    page = TypedForm(initial={"born_on": dt.date(2026, 12, 18)}).as_p()
    assert '<input type="date" name="born_on" value="2026-12-18"' in page
    assert 'type="datetime-local" name="due_at"' in page
    assert TypedForm({"amount": "1", "born_on": "2026-12-18", "due_at": "2026-12-18T09:30"}).is_valid()


def test_what_an_address_proposes_is_shown_in_the_format_of_the_person() -> None:
    with written_as(GERMAN):
        assert 'value="1,234"' in TypedForm(initial={"amount": "1.234"}).as_p()
        assert 'value="&lt;b&gt;"' in TypedForm(initial={"amount": "<b>"}).as_p()


def test_what_is_kept_is_kept_for_each_style() -> None:
    asked: list[str] = []

    def context() -> dict[str, str]:
        asked.append(style())
        return {"count_words": "one"}

    for written in (Writing(), GERMAN, Writing(), GERMAN):
        with written_as(written):
            fragment("screens/list_count.html", "writing", context)
    assert asked == ["en", "en|1.234,56|dd.MM.y|HH:mm|monday"]

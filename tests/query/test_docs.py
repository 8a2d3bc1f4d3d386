"""`docs/query.md` says what the code does."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from crm.core.management.commands import draw_query
from crm.core.query import condition, parse
from leads.models import Lead
from tests.factories.cast import Cast


def test_the_words_for_days_and_the_fields_are_those_of_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    call_command("draw_query", check=True)
    monkeypatch.setattr(draw_query, "named_days", lambda: ("doomsday",))
    with pytest.raises(CommandError, match="out of date"):
        call_command("draw_query", check=True)


@pytest.mark.django_db
def test_every_example_of_the_document_is_understood(cast: Cast) -> None:
    text = draw_query.FILE.read_text(encoding="utf-8")
    listed = text.partition("```text\n")[2].partition("```")[0].splitlines()
    examples = [re.split(r"\s{2,}", line)[0] for line in listed]
    examples += re.findall(r"^\| `([^`]+:[^`]+)` \|", text, flags=re.MULTILINE)
    assert len(examples) >= 10
    for example in examples:
        asked = example.replace("value:", "estimated_value:") if example.startswith("value:") else example
        list(Lead.objects.filter(condition(parse(asked), Lead, cast.rep_a, timezone.now())))

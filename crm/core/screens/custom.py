"""Values of added fields on the page of a record: in its details and among its key facts."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.html import format_html

from crm.core.access import Link, Pair, visible_names
from crm.core.custom.definitions import Definition, definitions_of
from crm.core.custom.forms import by_section, more_title
from crm.core.custom.values import from_json
from crm.core.custom.words import money, pair_of, words
from crm.core.fields import Kind
from crm.core.models import CustomModel
from crm.core.screens.facts import Fact, KeyFact, Section

type Names = Mapping[Pair, Link]


def custom_sections(record: models.Model, actor: Any) -> list[Section]:
    """All added fields with a value, under the headings that they have in the form."""
    filled = _filled(record, actor)
    names = _names(filled, record, actor)
    return [
        Section(title or more_title(), [_fact(one, record, names, actor) for one in under])
        for title, under in by_section(tuple(filled)).items()
    ]


def custom_key_facts(record: models.Model, actor: Any) -> list[KeyFact]:
    """Those that are marked as key facts."""
    filled = [one for one in _filled(record, actor) if one.is_key_fact]
    names = _names(filled, record, actor)
    return [KeyFact(*_fact(one, record, names, actor), one.form_name if one.may_write(actor) else "") for one in filled]


def words_of(definition: Definition, record: CustomModel, actor: Any) -> str:
    """The value of one field in the words of this reader, without links; "" where there is none."""
    if definition.key not in record.custom:
        return ""
    pair = pair_of(definition, record.custom[definition.key])
    if pair is not None:
        return str(visible_names(actor, [pair])[pair].label)
    return str(_fact(definition, record, {}, actor)[1])


def with_custom(details: Iterable[Fact | Section], added: Iterable[Section]) -> list[Fact | Section]:
    """The sections of a page, longer by those of the same heading."""
    more = {str(section.title): section for section in added}
    longer = [
        Section(one.title, [*one.facts, *more.pop(str(one.title)).facts])
        if isinstance(one, Section) and str(one.title) in more
        else one
        for one in details
    ]
    return [*longer, *more.values()]


def _filled(record: models.Model, actor: Any) -> list[Definition]:
    if not isinstance(record, CustomModel) or not record.custom:
        return []
    return [one for one in definitions_of(type(record), actor) if one.key in record.custom]


def _names(definitions: Iterable[Definition], record: Any, actor: Any) -> Names:
    found = [pair for one in definitions if (pair := pair_of(one, record.custom[one.key]))]
    return visible_names(actor, found) if found else {}


def _fact(definition: Definition, record: Any, names: Names, actor: Any) -> Fact:
    kept = record.custom[definition.key]
    pair = pair_of(definition, kept)
    if pair is not None:
        link = names[pair]
        return definition.label, format_html('<a href="{}">{}</a>', link.url, link.label) if link.url else link.label
    if definition.kind is Kind.MONEY:
        code = getattr(getattr(record, "currency", None), "code", "")
        amount = from_json(definition.kind, kept)
        return definition.label, money(amount, "" if code == getattr(actor, "base_currency", "") else code)
    return definition.label, words(definition, kept)

"""How many members of marketing lists a reader sees, for a page of lists at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Case, F, Func, IntegerField, OuterRef, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from crm.core import format as shown
from crm.core.access import READ
from leads.models import ListMember, MarketingList
from leads.services.lists import MODELS

_KEYS = ArrayField(BigIntegerField())
MOST_COUNTED = 1_000
"""Each member is asked for by its key, so that many large lists would take long; the page of a list counts further."""


def seen_members(keys: Sequence[int], actor: Any, most: int = MOST_COUNTED) -> Mapping[int, str]:
    """In words, by the key of the list. Of tables of which the reader sees all it is the number that the list keeps; a
    dynamic list is counted where it is opened."""
    kept = [noun for noun, model in MODELS.items() if _sees_all(model, actor)]
    counted = [When(members_are__in=kept, then=F("member_count"))] if kept else []
    counted += [When(members_are=noun, then=_counted(noun, actor, most)) for noun in MODELS if noun not in kept]
    number = Case(*counted, output_field=IntegerField())
    rows = MarketingList.objects.filter(pk__in=keys).order_by().annotate(seen=number)
    listed = rows.values_list("pk", "kind", "members_are", "seen")
    return {pk: _words(kind, seen, None if noun in kept else most) for pk, kind, noun, seen in listed}


def _sees_all(model: Any, actor: Any) -> bool:
    return any(not branch.condition for branch in model._default_manager.branches(actor, READ))


def _counted(noun: str, actor: Any, most: int) -> Func:
    visible: Any = MODELS[noun]._default_manager.visible_to(actor)
    rows = ListMember.objects.filter(list=OuterRef("pk"), **{f"{noun}__in": visible.order_by().values("pk")})
    keys = ArraySubquery(rows.order_by().values("pk")[: most + 1])
    # Of whoever sees nothing at all the subquery is no statement.
    return Func(Coalesce(keys, Value([], _KEYS)), function="CARDINALITY")


def _words(kind: str, seen: int | None, most: int | None) -> str:
    if kind == MarketingList.Kind.DYNAMIC:
        return _("by query")
    number = seen or 0
    if most is None or number <= most:
        return shown.quantity(number)
    return _("over %(number)s") % {"number": shown.quantity(most)}

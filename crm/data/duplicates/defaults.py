"""The rules with which an installation begins. They belong to the administrators afterwards."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from crm.data.models import CriterionKind, DuplicateCriterion, DuplicateRule


@dataclass(frozen=True, slots=True)
class ShippedRule:
    """One criterion; the strongest rules of a pair of tables are shipped first."""

    noun: type[Any]
    against: type[Any]
    kind: CriterionKind
    is_exact: bool

    @property
    def name(self) -> str:
        words = {
            "noun": str(self.noun._meta.verbose_name).capitalize(),
            "against": str(self.against._meta.verbose_name),
            "same": str(self.kind.label)[:1].lower() + str(self.kind.label)[1:],
        }
        return _("%(noun)s and %(against)s: %(same)s") % words


_shipped: list[ShippedRule] = []


def ship(*rules: ShippedRule) -> None:
    _shipped.extend(rule for rule in rules if rule not in _shipped)


def lay_rules() -> None:
    """Only for pairs of tables that have none: a rule that was renamed or deleted does not come back."""
    known = set(DuplicateRule.objects.values_list("noun", "against"))
    made = DuplicateRule.objects.bulk_create(
        DuplicateRule(
            name=rule.name,
            noun=rule.noun._meta.label_lower,
            against=rule.against._meta.label_lower,
            is_exact=rule.is_exact,
            position=(number + 1) * 10,
        )
        for number, rule in enumerate(_shipped)
        if (rule.noun._meta.label_lower, rule.against._meta.label_lower) not in known
    )
    kinds = {rule.name: rule.kind for rule in _shipped}
    DuplicateCriterion.objects.bulk_create(DuplicateCriterion(rule=rule, kind=kinds[rule.name]) for rule in made)

"""The roles with which an installation begins. They belong to the administrators afterwards."""

from django.utils.translation import gettext_noop as _

from crm.core import foundations
from crm.customers.models import ConnectionRole

_Category = ConnectionRole.Category
_CUSTOMERS = ("account", "contact")

#: Name, category, nouns, and the role of the other record; empty where that has none.
_ROLES: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    *(
        (name, _Category.STAKEHOLDER, (*_CUSTOMERS, "lead"), "")
        for name in (
            _("Stakeholder"),
            _("Champion"),
            _("Decision maker"),
            _("Influencer"),
            _("Economic buyer"),
            _("Technical buyer"),
            _("End user"),
        )
    ),
    *(
        (name, _Category.SALES_TEAM, ("user",), "")
        for name in (_("Sales team member"), _("Account manager"), _("Technical sales"), _("Industry expert"))
    ),
    (_("Partner"), _Category.BUSINESS, _CUSTOMERS, "Partner"),
    (_("Supplier"), _Category.BUSINESS, _CUSTOMERS, "Buyer"),
    (_("Buyer"), _Category.BUSINESS, _CUSTOMERS, "Supplier"),
    (_("Referrer"), _Category.BUSINESS, (), "Referred"),
    (_("Referred"), _Category.BUSINESS, (), "Referrer"),
    (_("Employer"), _Category.BUSINESS, ("account",), "Employee"),
    (_("Employee"), _Category.BUSINESS, ("contact", "lead"), "Employer"),
    (_("Parent"), _Category.FAMILY, ("contact",), "Child"),
    (_("Child"), _Category.FAMILY, ("contact",), "Parent"),
    (_("Spouse"), _Category.FAMILY, ("contact",), "Spouse"),
)


def lay_connection_roles() -> None:
    """Only where there are none: a role that was renamed or deleted does not come back."""
    if ConnectionRole.objects.exists():
        return
    made = ConnectionRole.objects.bulk_create(
        ConnectionRole(name=name, category=category, nouns=list(nouns)) for name, category, nouns, _other in _ROLES
    )
    by_name = {role.name: role for role in made}
    paired = [by_name[name] for name, _category, _nouns, other in _ROLES if other]
    for role, other in zip(paired, (other for *_rest, other in _ROLES if other), strict=True):
        role.reciprocal = by_name[other]
    ConnectionRole.objects.bulk_update(paired, ["reciprocal"])


def register() -> None:
    foundations.register(lay_connection_roles, position=300)

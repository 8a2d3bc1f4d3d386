"""Opportunities in each state, and leads that were qualified, made by the services."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone

from catalog.models import Competitor
from crm.core.actors import SYSTEM
from crm.core.models import Organisation
from crm.users.models import BusinessUnit, Role, RolePrivilege, Team, User, UserRole
from crm.users.rights import SALESPERSON
from leads.models import Lead
from sales.models import Opportunity, Qualification
from sales.services.lines import LineRow
from sales.services.opportunities import lose_opportunity, win_opportunity
from sales.services.qualification import Create, OpportunityChoice, qualify_lead
from tests.factories.leads import make_lead
from tests.factories.sales import make_opportunity
from tests.factories.users import UserFactory


def today() -> dt.date:
    return Organisation.load().today(timezone.now())


def win(opportunity: Opportunity, **options: Any) -> Opportunity:
    values: dict[str, Any] = {
        "actual_revenue": None,
        "closed_on": today(),
        "description": "",
        "close_quotes": True,
        "actor": SYSTEM,
        "at": timezone.now(),
    }
    return win_opportunity(opportunity_id=opportunity.pk, **(values | options))


def lose(opportunity: Opportunity, **options: Any) -> Opportunity:
    values: dict[str, Any] = {
        "status_reason": "out_sold",
        "competitor_id": None,
        "actual_revenue": None,
        "closed_on": today(),
        "description": "",
        "close_quotes": True,
        "actor": SYSTEM,
        "at": timezone.now(),
    }
    return lose_opportunity(opportunity_id=opportunity.pk, **(values | options))


def make_won(owner: User | Team, rows: Sequence[LineRow] = (), **values: Any) -> Opportunity:
    return win(make_opportunity(owner, rows, **({"estimated_revenue": Decimal(900)} | values)))


def make_lost(owner: User | Team, rows: Sequence[LineRow] = (), **values: Any) -> Opportunity:
    return lose(make_opportunity(owner, rows, **values))


def make_competitor(name: str = "Cold Chain Partners") -> Competitor:
    return Competitor.objects.create(name=name)


def qualify(
    lead: Lead,
    *,
    account: Any = None,
    contact: Any = None,
    opportunities: Sequence[OpportunityChoice] | None = None,
    actor: Any = SYSTEM,
    at: dt.datetime | None = None,
) -> Qualification:
    """Everything is created where nothing is said."""
    return qualify_lead(
        lead_id=lead.pk,
        account=account or Create(),
        contact=contact or Create(),
        opportunities=[Create()] if opportunities is None else opportunities,
        actor=actor,
        at=at or timezone.now(),
    )


def make_qualified(owner: User | Team, **values: Any) -> Qualification:
    """A lead that became an account, a contact and an opportunity."""
    return qualify(make_lead(owner, **values))


def salesperson_without(action: str, unit: BusinessUnit) -> User:
    """A salesperson whose role lacks one right: `create_account`."""
    role = Role.objects.create(name=f"Salesperson without {action}")
    privileges = RolePrivilege.objects.filter(role__name=SALESPERSON).exclude(permission__endswith=f".{action}")
    RolePrivilege.objects.bulk_create(
        RolePrivilege(role=role, permission=held.permission, depth=held.depth) for held in privileges
    )
    seller = UserFactory.create(business_unit=unit)
    UserRole.objects.create(user=seller, role=role)
    return seller

"""Opportunities and qualification: rights, timelines, undo, and where they appear."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from activities.links import register_rollup
from activities.regarding import Ref, referred
from crm.core.context import NavEntry, register_nav
from crm.core.search import SearchSource, register_search
from crm.data.acts import register_act
from crm.users import rights
from crm.users.depth import Depth
from leads.models import Lead
from leads.services.campaigns import code_given
from leads.services.leads import reopening
from sales import importing, lead_importing
from sales.actions import opportunities as acts
from sales.actions import qualification as qualifying
from sales.actions import responses
from sales.acts import QualifyAct
from sales.models import Opportunity, QualificationResult
from sales.models.opportunities import OPPORTUNITY_WORDS
from sales.panels import opportunities as panels
from sales.services.attribution import adopt_chain
from sales.services.qualification_undo import undo_qualification

_WORK = ("create", "write", "delete", "assign", "share", "win", "lose", "reopen")
# What the records roll up to in their turn, read in the same query; of each nothing but its keys.
_PERSONS = ("contact", "opportunity__customer_contact", "opportunity__contact")
_KEYS = ("account", "opportunity__customer_account", *(f"{person}__account" for person in _PERSONS))
_SELLERS = {rights.SALESPERSON: Depth.OWN, rights.SALES_MANAGER: Depth.UNIT_AND_BELOW}
_READERS = {rights.MARKETING: Depth.ALL, rights.FINANCE: Depth.ALL, rights.READ_ONLY: Depth.ALL}


def register() -> None:
    importing.register()
    lead_importing.register()
    rights.declare("sales.opportunity", ["read"], {**_READERS, **_SELLERS})
    rights.declare("sales.opportunity", _WORK, _SELLERS)
    register_rollup(Lead, records_of)
    reopening.register(undo_qualification)
    code_given.register(adopt_chain)
    acts.register_actions()
    qualifying.register_actions()
    register_act(Lead, QualifyAct)
    responses.register_actions()
    panels.register()
    _appear()


def records_of(lead: Lead) -> Iterable[models.Model | Ref | None]:
    """What the lead became: its activities, later ones too, stand on the timelines of these records."""
    results = QualificationResult.objects.filter(qualification__lead=lead, qualification__undone_at__isnull=True)
    return [referred(result, result.kind) for result in results.select_related(*_PERSONS).only(*_KEYS)]


def _appear() -> None:
    register_search(
        SearchSource(
            model=Opportunity,
            label=_("Opportunities"),
            url_name="sales:opportunity_detail",
            title="topic",
            subtitle="customer_account",
            words=OPPORTUNITY_WORDS,
            icon="target",
            position=20,
        )
    )
    register_nav(
        NavEntry(
            _("Opportunities"),
            "sales:opportunity_list",
            "target",
            "line",
            "sales.read_opportunity",
            20,
            new_label=_("Opportunity"),
            new_url_name="sales:opportunity_create",
        ),
        NavEntry(
            _("Qualification map"),
            "sales:qualification_map",
            "adjustments-horizontal",
            "admin",
            "users.administer",
            position=910,
        ),
    )

"""What will exist once the qualification is confirmed, in sentences beside the form."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.core import format as shown
from crm.core.access import WRITE, visible_names
from crm.customers.models import Account, Contact
from leads.campaign_links import campaign_link
from leads.models import Lead
from sales.forms.qualification import CustomerPart, OpportunityPart, QualifyForm
from sales.models import Opportunity
from sales.services import field_map
from sales.services.field_map import Compared, FillRule
from sales.services.qualification_preview import (
    CREATE,
    JOIN,
    USE,
    Candidate,
    CustomerSection,
    QualificationPreview,
    search_customers,
    search_opportunities,
)

_NEW = {"account": gettext_lazy("1 account made"), "contact": gettext_lazy("1 contact made")}
_USED = {"account": gettext_lazy("1 account used"), "contact": gettext_lazy("1 contact used")}


@dataclass(frozen=True, slots=True)
class Step:
    """One sentence: an icon, what happens, and to what."""

    icon: str
    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One field of an existing record: both values, and the rule that is chosen."""

    compared: Compared
    rule: str

    @property
    def outcome(self) -> str:
        """keep, fill or overwrite: what the rule comes to for these two values."""
        if self.compared.is_same or self.rule == FillRule.KEEP:
            return "keep"
        if self.compared.is_empty:
            return "fill"
        return "overwrite" if self.rule == FillRule.OVERWRITE else "keep"


@dataclass(frozen=True, slots=True)
class ShownCustomer:
    """Account or contact as the page shows it."""

    part: CustomerPart
    section: CustomerSection
    candidates: Sequence[Candidate]
    actor: Any
    selected: Any = None
    may_fill: bool = True
    rows: Sequence[Row] = field(default_factory=tuple)
    query: str = ""

    def named_candidates(self) -> list[tuple[Candidate, str]]:
        """With the company of each person, as far as the reader may know it."""
        companies = [(Account, getattr(one.record, "account_id", None)) for one in self.candidates]
        return list(zip(self.candidates, _names(companies, self.actor), strict=True))

    def count(self, outcome: str) -> int:
        return sum(row.outcome == outcome for row in self.rows)


@dataclass(frozen=True, slots=True)
class ShownOpportunity:
    part: OpportunityPart
    joinable: Sequence[Opportunity]
    actor: Any
    selected: Opportunity | None
    query: str = ""

    def named_joinable(self) -> list[tuple[Opportunity, str]]:
        """With the customer of each, as far as the reader may know it."""
        customers = [
            (Account, one.customer_account_id) if one.customer_account_id else (Contact, one.customer_contact_id)
            for one in self.joinable
        ]
        return list(zip(self.joinable, _names(customers, self.actor), strict=True))


def _names(pairs: Sequence[tuple[Any, int | None]], actor: Any) -> list[str]:
    names = visible_names(actor, [(model, key) for model, key in pairs if key])
    return [names[model, key].label if key else "" for model, key in pairs]


def show_customer(part: CustomerPart, section: CustomerSection, actor: Any, query: str) -> ShownCustomer:
    """Matches first, then what was searched for, then what was chosen before."""
    model: Any = Account if part.kind == "account" else Contact
    candidates = list(section.candidates)
    known = {candidate.record.pk for candidate in candidates}
    candidates += [found for found in search_customers(part.kind, query, actor) if found.record.pk not in known]
    known = {candidate.record.pk for candidate in candidates}
    if part.chosen == USE and part.record_id is not None and part.record_id not in known:
        rows = model.objects.visible_to(actor).filter(pk=part.record_id, state="active")
        candidates += [Candidate(record) for record in rows]
    selected = next((one.record for one in candidates if one.record.pk == part.record_id), None)
    if part.chosen != USE or selected is None:
        return ShownCustomer(part, section, candidates, actor, query=query)
    may_fill = model.objects.for_action(actor, WRITE).filter(pk=selected.pk).exists()
    rows = _rows(part, selected, may_fill=may_fill)
    return ShownCustomer(part, section, candidates, actor, selected, may_fill, rows, query)


def _rows(part: CustomerPart, record: Any, *, may_fill: bool) -> list[Row]:
    address = field_map.main_address(record) if field_map.ADDRESS in part.offered else None
    rules = part.rules if may_fill else {}
    rows = []
    for compared in field_map.comparison(record, part.offered, address):
        usual = FillRule.FILL if compared.is_empty and may_fill else FillRule.KEEP
        rule = rules.get(compared.name, usual)
        # What is there already is not empty, so filling it means keeping it.
        rows.append(Row(compared, FillRule.KEEP if rule == FillRule.FILL and not compared.is_empty else rule))
    return rows


def show_opportunity(
    part: OpportunityPart, joinable: Sequence[Opportunity], actor: Any, query: str
) -> ShownOpportunity:
    found = list(joinable)
    known = {opportunity.pk for opportunity in found}
    found += [one for one in search_opportunities(query, actor) if one.pk not in known]
    selected = next((one for one in found if one.pk == part.record_id), None)
    if part.chosen == JOIN and selected is None and part.record_id is not None:
        selected = Opportunity.objects.visible_to(actor).filter(pk=part.record_id, state="open").first()
        found += [selected] if selected else []
    return ShownOpportunity(part, found, actor, selected, query)


def plan(
    form: QualifyForm,
    preview: QualificationPreview,
    customers: Sequence[ShownCustomer],
    opportunity: ShownOpportunity,
) -> list[Step]:
    steps = [step for customer in customers for step in _customer_steps(customer)]
    steps += _opportunity_steps(opportunity)
    if preview.activity_count:
        count = preview.activity_count
        words = ngettext("%(count)d activity goes along", "%(count)d activities go along", count)
        steps.append(Step("history", words % {"count": count}, _("They stay on the lead too.")))
    if campaign := campaign_link(form.lead, opportunity.actor):
        steps.append(Step("speakerphone", _("Campaign goes along"), campaign))
    return [*steps, Step("user", _("Owner stays"), form.lead.owner_name)]


def _customer_steps(customer: ShownCustomer) -> list[Step]:
    part = customer.part
    icon = "building" if part.kind == "account" else "user"
    if part.chosen == CREATE:
        return [Step(icon, str(_NEW[part.kind]), _name_of_new(part))]
    if part.chosen == USE and customer.selected is not None:
        return [Step(icon, str(_USED[part.kind]), _used_words(customer))]
    return []


def _name_of_new(part: CustomerPart) -> str:
    names = ("name",) if part.kind == "account" else ("first_name", "last_name")
    typed = [str(part.values[name].value() or "") for name in names]
    return " ".join(name for name in typed if name) or (
        "" if part.kind == "account" else str(part.values["email"].value() or "")
    )


def _used_words(customer: ShownCustomer) -> str:
    filled, overwritten = customer.count("fill"), customer.count("overwrite")
    parts = [
        ngettext("%(count)d field filled", "%(count)d fields filled", filled) % {"count": filled} if filled else "",
        _("%(count)d overwritten") % {"count": overwritten} if overwritten else "",
    ]
    said = ", ".join(part for part in parts if part) or _("nothing changes")
    return f"{customer.selected}: {said}"


def _opportunity_steps(opportunity: ShownOpportunity) -> list[Step]:
    part = opportunity.part
    if part.chosen == JOIN and opportunity.selected is not None:
        return [Step("target", _("1 opportunity joined"), str(opportunity.selected))]
    rows = part.kept_rows() if part.chosen == CREATE else []
    if not rows:
        return []
    title = ngettext("%(count)d opportunity made", "%(count)d opportunities made", len(rows)) % {"count": len(rows)}
    topics = [str(row["topic"].value() or "") for row in rows]
    return [Step("target", title, ", ".join(topic for topic in topics if topic))]


def overwritten(customers: Sequence[ShownCustomer]) -> list[str]:
    """What a person should look at twice: values that will be replaced."""
    return [
        _("%(field)s of %(name)s will be overwritten.") % {"field": row.compared.label, "name": customer.selected}
        for customer in customers
        for row in customer.rows
        if row.outcome == "overwrite"
    ]


def carried_words(lead: Lead, actor: Any) -> list[tuple[str, str]]:
    """Label and value of everything that the opportunity takes over beside what can be typed here."""
    shown_above = {"topic", "estimated_revenue", "estimated_close_on", "is_demo"}
    pairs = []
    for name, value in field_map.opportunity_values(lead, actor).items():
        text = field_map.words(Opportunity, name, value)
        if name not in shown_above and value not in (None, "", False) and text:
            pairs.append(
                (field_map.label_of(Opportunity, name), shown.money(value) if name == "budget_amount" else text)
            )
    return pairs

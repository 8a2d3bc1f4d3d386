"""Somebody who may want to buy."""

import datetime as dt
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from crm.core.indexes import value_index
from crm.core.models import Currency, CustomModel, TaggedModel, tag_index, tracked
from crm.core.states import StateModel, reason_field, state_field
from crm.core.words import SearchWords
from crm.users.models import OwnedModel, branch_indexes
from leads.models.campaigns import campaign_index, source_campaign
from leads.states import LEAD_MACHINE, LeadState

NAMELESS = _("Enter a topic, a last name, a company or an e-mail address, so that the lead can be called something.")

LEAD_WORDS = SearchWords(
    names=("sort_key", "company_key"),
    emails=("email_key",),
    numbers=("number",),
    phones=("phone_e164", "mobile_e164"),
)
"""What a lead is found by."""


def _money(label: Any) -> "models.DecimalField[Any, Any]":
    return models.DecimalField(
        label, max_digits=19, decimal_places=4, null=True, blank=True, validators=[MinValueValidator(0)]
    )


@tracked
class Lead(OwnedModel, StateModel, CustomModel, TaggedModel):
    class Rating(models.TextChoices):
        HOT = "hot", _("Hot")
        WARM = "warm", _("Warm")
        COLD = "cold", _("Cold")

    class Source(models.TextChoices):
        ADVERTISEMENT = "advertisement", _("Advertisement")
        EMPLOYEE_REFERRAL = "employee_referral", _("Employee referral")
        EXTERNAL_REFERRAL = "external_referral", _("External referral")
        PARTNER = "partner", _("Partner")
        PUBLIC_RELATIONS = "public_relations", _("Public relations")
        SEMINAR = "seminar", _("Seminar")
        TRADE_SHOW = "trade_show", _("Trade show")
        WEB = "web", _("Web")
        WORD_OF_MOUTH = "word_of_mouth", _("Word of mouth")
        OTHER = "other", _("Other")

    class BudgetStatus(models.TextChoices):
        NONE = "no_committed_budget", _("No committed budget")
        MAY = "may_buy", _("May buy")
        CAN = "can_buy", _("Can buy")
        WILL = "will_buy", _("Will buy")

    class Timeframe(models.TextChoices):
        IMMEDIATE = "immediate", _("Immediate")
        THIS_QUARTER = "this_quarter", _("This quarter")
        NEXT_QUARTER = "next_quarter", _("Next quarter")
        THIS_YEAR = "this_year", _("This year")
        UNKNOWN = "unknown", _("Unknown")

    class Process(models.TextChoices):
        INDIVIDUAL = "individual", _("Individual")
        COMMITTEE = "committee", _("Committee")
        UNKNOWN = "unknown", _("Unknown")

    class Need(models.TextChoices):
        MUST = "must_have", _("Must have")
        SHOULD = "should_have", _("Should have")
        GOOD = "good_to_have", _("Good to have")
        NONE = "no_need", _("No need")

    class ContactMethod(models.TextChoices):
        ANY = "any", _("Any")
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")
        POST = "post", _("Post")
        FAX = "fax", _("Fax")

    machine = LEAD_MACHINE
    computed = ("score",)

    number = models.CharField(_("number"), max_length=40, unique=True, editable=False)
    state = state_field(LEAD_MACHINE)
    status_reason = reason_field(LEAD_MACHINE)
    disqualify_note = models.TextField(_("note"), blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    contacted_at = models.DateTimeField(_("first contact"), null=True, editable=False)
    # Set by the rule that assigned it; without one the usual target holds.
    respond_by = models.DateTimeField(_("first contact until"), null=True, editable=False)

    topic = models.CharField(_("topic"), max_length=300, blank=True)
    salutation = models.CharField(_("salutation"), max_length=100, blank=True)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    middle_name = models.CharField(_("middle name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    name = models.CharField(_("name"), max_length=310, editable=False)
    sort_key = models.CharField(max_length=310, editable=False)
    job_title = models.CharField(_("job title"), max_length=150, blank=True)
    company = models.CharField(_("company"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), max_length=254, blank=True)
    email2 = models.EmailField(_("second e-mail"), max_length=254, blank=True)
    phone = models.CharField(_("business phone"), max_length=50, blank=True)
    mobile = models.CharField(_("mobile phone"), max_length=50, blank=True)
    fax = models.CharField(_("fax"), max_length=50, blank=True)
    website = models.CharField(_("website"), max_length=500, blank=True)
    street = models.CharField(_("street"), max_length=250, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    state_or_province = models.CharField(_("state or province"), max_length=100, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=40, blank=True)
    country = models.CharField(_("country"), max_length=100, blank=True)
    description = models.TextField(_("description"), blank=True)

    source = models.CharField(_("source"), max_length=100, blank=True)
    rating = models.CharField(_("rating"), max_length=10, choices=Rating.choices, blank=True)
    industry = models.CharField(_("industry"), max_length=100, blank=True)
    currency = models.ForeignKey(
        Currency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("currency")
    )
    annual_revenue = _money(_("annual revenue"))
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    campaign = source_campaign()
    campaign_code = models.CharField(_("campaign code"), max_length=100, blank=True, editable=False)
    budget_amount = _money(_("budget"))
    budget_status = models.CharField(_("budget status"), max_length=30, choices=BudgetStatus.choices, blank=True)
    purchase_timeframe = models.CharField(_("timeframe"), max_length=20, choices=Timeframe.choices, blank=True)
    purchase_process = models.CharField(_("purchase process"), max_length=20, choices=Process.choices, blank=True)
    need = models.CharField(_("need"), max_length=20, choices=Need.choices, blank=True)
    decision_maker = models.BooleanField(_("decision maker"), default=False)
    estimated_value = _money(_("estimated value"))
    estimated_close_on = models.DateField(_("estimated close"), null=True, blank=True)

    existing_account = models.ForeignKey(
        "customers.Account",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name=_("existing account"),
    )
    existing_contact = models.ForeignKey(
        "customers.Contact",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name=_("existing contact"),
    )

    do_not_email = models.BooleanField(_("do not e-mail"), default=False)
    do_not_bulk_email = models.BooleanField(_("do not send bulk e-mail"), default=False)
    do_not_phone = models.BooleanField(_("do not phone"), default=False)
    do_not_post = models.BooleanField(_("do not send post"), default=False)
    do_not_fax = models.BooleanField(_("do not fax"), default=False)
    preferred_contact_method = models.CharField(
        _("preferred contact"), max_length=10, choices=ContactMethod.choices, default=ContactMethod.ANY
    )
    consent_text = models.TextField(_("consent"), blank=True, editable=False)
    consent_at = models.DateTimeField(_("consent given"), null=True, editable=False)
    consent_origin = models.CharField(_("consent given through"), max_length=200, blank=True, editable=False)

    utm_source = models.CharField(max_length=200, blank=True, editable=False)
    utm_medium = models.CharField(max_length=200, blank=True, editable=False)
    utm_campaign = models.CharField(max_length=200, blank=True, editable=False)
    utm_term = models.CharField(max_length=200, blank=True, editable=False)
    utm_content = models.CharField(max_length=200, blank=True, editable=False)
    gclid = models.CharField(max_length=200, blank=True, editable=False)
    referrer = models.CharField(_("referrer"), max_length=500, blank=True, editable=False)

    score = models.SmallIntegerField(
        _("score"), null=True, editable=False, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    is_demo = models.BooleanField(default=False, editable=False)

    # What duplicates are found by; computed by the services from the columns above.
    email_key = models.CharField(max_length=254, blank=True, editable=False)
    company_key = models.CharField(max_length=200, blank=True, editable=False)
    website_domain = models.CharField(max_length=255, blank=True, editable=False)
    phone_e164 = models.CharField(max_length=20, blank=True, editable=False)
    mobile_e164 = models.CharField(max_length=20, blank=True, editable=False)

    class Meta(OwnedModel.Meta):
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        constraints = [
            *OwnedModel.Meta.constraints,
            LEAD_MACHINE.constraint("lead_state_reason"),
            models.CheckConstraint(
                condition=~(Q(topic="") & Q(last_name="") & Q(company="") & Q(email="")),
                name="lead_has_something_to_call_it",
                violation_error_message=NAMELESS,
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="lead_closed_has_moment",
            ),
        ]
        indexes = [
            *branch_indexes("lead", "-created_at", "-updated_at", "sort_key", "-score", "estimated_close_on"),
            GinIndex(LEAD_WORDS, name="lead_search"),
            tag_index("lead"),
            campaign_index("lead"),
            value_index("lead", "country"),
            value_index("lead", "industry"),
            value_index("lead", "source"),
            # The few that wait for their first touch, among however many.
            models.Index(fields=["created_at"], name="lead_new_idx", condition=Q(state="open", status_reason="new")),
            models.Index(fields=["email_key"], name="lead_email_idx", condition=~Q(email_key="")),
            models.Index(fields=["company_key"], name="lead_company_idx", condition=~Q(company_key="")),
            models.Index(fields=["phone_e164"], name="lead_phone_idx", condition=~Q(phone_e164="")),
            models.Index(fields=["mobile_e164"], name="lead_mobile_idx", condition=~Q(mobile_e164="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def source_label(self) -> str:
        """The product's word for the source, else what the sender called it."""
        return str(dict(self.Source.choices).get(self.source, self.source))

    @transition(
        field="state", source=LeadState.OPEN, target=LeadState.OPEN, conditions=[LEAD_MACHINE.allows("contact")]
    )
    def contact(self, *, at: dt.datetime) -> None:
        self.status_reason = LEAD_MACHINE.reason_after("contact")
        self.contacted_at = self.contacted_at or at

    @transition(field="state", source=LeadState.OPEN, target=LeadState.OPEN, conditions=[LEAD_MACHINE.allows("renew")])
    def renew(self) -> None:
        self.status_reason = LEAD_MACHINE.reason_after("renew")
        self.contacted_at = None

    @transition(field="state", source=LeadState.OPEN, target=LeadState.QUALIFIED)
    def qualify(self, *, at: dt.datetime) -> None:
        self.status_reason = LEAD_MACHINE.reason_after("qualify")
        self.closed_at = at

    @transition(field="state", source=LeadState.OPEN, target=LeadState.DISQUALIFIED)
    def disqualify(self, *, at: dt.datetime, reason: str, note: str) -> None:
        self.status_reason = LEAD_MACHINE.reason_after("disqualify", reason)
        self.closed_at, self.disqualify_note = at, note

    @transition(field="state", source=[LeadState.QUALIFIED, LeadState.DISQUALIFIED], target=LeadState.OPEN)
    def reopen(self) -> None:
        self.status_reason = LEAD_MACHINE.reason_after("reopen")
        self.closed_at, self.disqualify_note = None, ""

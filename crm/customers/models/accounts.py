"""Companies and other organisations."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from crm.core.folding import company_key, fold
from crm.core.indexes import value_index
from crm.core.models import CustomModel, TaggedModel, tag_index, tracked
from crm.core.states import StateModel, reason_field, state_field
from crm.core.words import SearchWords
from crm.customers import keys
from crm.customers.models.parts import CommercialTerms, ContactPreferences, not_above_itself
from crm.customers.states import ACCOUNT_MACHINE
from crm.users.models import OwnedModel, branch_indexes

ACCOUNT_WORDS = SearchWords(
    names=("sort_key",), emails=("email_key",), numbers=("number",), phones=("phone_e164", "phone2_e164")
)
"""What an account is found by."""


@tracked
class Account(StateModel, CommercialTerms, ContactPreferences, OwnedModel, CustomModel, TaggedModel):
    """The keys (`…_key`, `…_domain`, `…_e164`) are what matching compares; services compute them."""

    class Type(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        PROSPECT = "prospect", _("Prospect")
        PARTNER = "partner", _("Partner")
        RESELLER = "reseller", _("Reseller")
        SUPPLIER = "supplier", _("Supplier")
        COMPETITOR = "competitor", _("Competitor")
        CONSULTANT = "consultant", _("Consultant")
        INFLUENCER = "influencer", _("Influencer")
        INVESTOR = "investor", _("Investor")
        PRESS = "press", _("Press")
        OTHER = "other", _("Other")

    class Size(models.TextChoices):
        MICRO = "micro", _("Up to 9 people")
        SMALL = "small", _("10 to 49 people")
        MEDIUM = "medium", _("50 to 249 people")
        LARGE = "large", _("250 people and more")

    class Ownership(models.TextChoices):
        PUBLIC = "public", _("Public")
        PRIVATE = "private", _("Private")
        SUBSIDIARY = "subsidiary", _("Subsidiary")
        OTHER = "other", _("Other")

    machine = ACCOUNT_MACHINE

    name = models.CharField(_("name"), max_length=200)
    sort_key = models.CharField(max_length=500, default="", editable=False)
    number = models.CharField(_("number"), max_length=40, blank=True, default="")
    parent: Any = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent account")
    )
    primary_contact: Any = models.ForeignKey(
        "customers.Contact",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("primary contact"),
    )
    type = models.CharField(_("type"), max_length=20, choices=Type.choices, blank=True, default="")
    industry = models.CharField(_("industry"), max_length=100, blank=True, default="")
    size = models.CharField(_("size"), max_length=10, choices=Size.choices, blank=True, default="")
    ownership = models.CharField(_("ownership"), max_length=20, choices=Ownership.choices, blank=True, default="")
    annual_revenue = models.DecimalField(
        _("annual revenue"),
        max_digits=19,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    email = models.EmailField(_("e-mail"), max_length=254, blank=True, default="")
    phone = models.CharField(_("phone"), max_length=50, blank=True, default="")
    phone2 = models.CharField(_("second phone"), max_length=50, blank=True, default="")
    fax = models.CharField(_("fax"), max_length=50, blank=True, default="")
    website = models.CharField(_("website"), max_length=500, blank=True, default="")
    description = models.TextField(_("description"), blank=True, default="")

    company_key = models.CharField(max_length=500, default="", editable=False)
    email_key = models.CharField(max_length=254, default="", editable=False)
    email_domain = models.CharField(max_length=253, default="", editable=False)
    website_domain = models.CharField(max_length=253, default="", editable=False)
    phone_e164 = models.CharField(max_length=20, default="", editable=False)
    phone2_e164 = models.CharField(max_length=20, default="", editable=False)

    state = state_field(ACCOUNT_MACHINE)
    status_reason = reason_field(ACCOUNT_MACHINE)

    class Meta(OwnedModel.Meta):
        abstract = False
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        indexes = [
            *branch_indexes("account", "-created_at", "-updated_at", "sort_key"),
            GinIndex(ACCOUNT_WORDS, name="account_search"),
            tag_index("account"),
            value_index("account", "industry"),
            models.Index(fields=["company_key"], name="account_by_company", condition=~Q(company_key="")),
            models.Index(fields=["email_key"], name="account_by_email", condition=~Q(email_key="")),
            models.Index(fields=["email_domain"], name="account_by_email_domain", condition=~Q(email_domain="")),
            models.Index(fields=["website_domain"], name="account_by_website", condition=~Q(website_domain="")),
            models.Index(fields=["phone_e164"], name="account_by_phone", condition=~Q(phone_e164="")),
            models.Index(fields=["phone2_e164"], name="account_by_phone2", condition=~Q(phone2_e164="")),
        ]
        constraints = [
            *OwnedModel.Meta.constraints,
            ACCOUNT_MACHINE.constraint("account_state_reason"),
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(deleted_at__isnull=True) & ~Q(number=""),
                name="account_number_once",
                violation_error_message=_("There is an account with this number already."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""), name="account_has_a_name", violation_error_message=_("Enter a name.")
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("id")),
                name="account_is_not_its_own_parent",
                violation_error_message=_("An account cannot be its own parent. Choose another one."),
            ),
        ]
        triggers = [not_above_itself("customers_account", "parent")]

    def __str__(self) -> str:
        return self.name

    def set_keys(self) -> None:
        """Compute what is compared and sorted; whoever writes names, addresses or phones calls it."""
        self.sort_key = fold(self.name)
        self.company_key = company_key(self.name)
        self.email_key = keys.email_key(self.email)
        self.email_domain = keys.email_domain(self.email)
        self.website_domain = keys.website_domain(self.website)
        self.phone_e164 = keys.phone_key(self.phone)
        self.phone2_e164 = keys.phone_key(self.phone2)

    @transition(field="state", source="active", target="inactive", conditions=[ACCOUNT_MACHINE.allows("deactivate")])
    def deactivate(self) -> None:
        self.status_reason = ACCOUNT_MACHINE.reason_after("deactivate")

    @transition(field="state", source="inactive", target="active", conditions=[ACCOUNT_MACHINE.allows("activate")])
    def activate(self) -> None:
        self.status_reason = ACCOUNT_MACHINE.reason_after("activate")

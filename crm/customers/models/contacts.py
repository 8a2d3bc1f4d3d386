"""People, of an account or on their own."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from crm.core.folding import fold
from crm.core.models import CustomModel, TaggedModel, tag_index, tracked
from crm.core.states import StateModel, reason_field, state_field
from crm.core.words import SearchWords
from crm.customers import keys
from crm.customers.models.accounts import Account
from crm.customers.models.parts import CommercialTerms, ContactPreferences, not_above_itself
from crm.customers.states import CONTACT_MACHINE
from crm.users.models import OwnedModel, branch_indexes

CONTACT_WORDS = SearchWords(
    names=("sort_key",), emails=("email_key", "email2_key"), phones=("phone_e164", "mobile_e164")
)
"""What a contact is found by."""


@tracked
class Contact(StateModel, CommercialTerms, ContactPreferences, OwnedModel, CustomModel, TaggedModel):
    """`full_name` and the keys (`…_key`, `…_e164`) are computed by the services."""

    class Role(models.TextChoices):
        DECISION_MAKER = "decision_maker", _("Decision maker")
        INFLUENCER = "influencer", _("Influencer")
        EMPLOYEE = "employee", _("Employee")

    machine = CONTACT_MACHINE

    salutation = models.CharField(_("salutation"), max_length=100, blank=True, default="")
    first_name = models.CharField(_("first name"), max_length=100, blank=True, default="")
    middle_name = models.CharField(_("middle name"), max_length=100, blank=True, default="")
    last_name = models.CharField(_("last name"), max_length=100, blank=True, default="")
    full_name = models.CharField(_("name"), max_length=310, editable=False)
    sort_key = models.CharField(max_length=500, default="", editable=False)
    account: Any = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="contacts", verbose_name=_("account")
    )
    job_title = models.CharField(_("job title"), max_length=150, blank=True, default="")
    department = models.CharField(_("department"), max_length=100, blank=True, default="")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, blank=True, default="")
    reports_to: Any = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("reports to")
    )
    email = models.EmailField(_("e-mail"), max_length=254, blank=True, default="")
    email2 = models.EmailField(_("second e-mail"), max_length=254, blank=True, default="")
    phone = models.CharField(_("business phone"), max_length=50, blank=True, default="")
    mobile = models.CharField(_("mobile phone"), max_length=50, blank=True, default="")
    fax = models.CharField(_("fax"), max_length=50, blank=True, default="")
    website = models.CharField(_("website"), max_length=500, blank=True, default="")
    born_on = models.DateField(_("birthday"), null=True, blank=True)
    description = models.TextField(_("description"), blank=True, default="")

    name_key = models.CharField(max_length=500, default="", editable=False)
    email_key = models.CharField(max_length=254, default="", editable=False)
    email2_key = models.CharField(max_length=254, default="", editable=False)
    phone_e164 = models.CharField(max_length=20, default="", editable=False)
    mobile_e164 = models.CharField(max_length=20, default="", editable=False)

    state = state_field(CONTACT_MACHINE)
    status_reason = reason_field(CONTACT_MACHINE)

    class Meta(OwnedModel.Meta):
        abstract = False
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes = [
            *branch_indexes("contact", "-created_at", "-updated_at", "sort_key"),
            GinIndex(CONTACT_WORDS, name="contact_search"),
            tag_index("contact"),
            models.Index(fields=["name_key"], name="contact_by_name", condition=~Q(name_key="")),
            models.Index(fields=["email_key"], name="contact_by_email", condition=~Q(email_key="")),
            models.Index(fields=["email2_key"], name="contact_by_email2", condition=~Q(email2_key="")),
            models.Index(fields=["phone_e164"], name="contact_by_phone", condition=~Q(phone_e164="")),
            models.Index(fields=["mobile_e164"], name="contact_by_mobile", condition=~Q(mobile_e164="")),
        ]
        constraints = [
            *OwnedModel.Meta.constraints,
            CONTACT_MACHINE.constraint("contact_state_reason"),
            models.CheckConstraint(
                condition=~Q(full_name=""),
                name="contact_has_a_name",
                violation_error_message=_("Enter a first name, a last name or an e-mail address."),
            ),
            models.CheckConstraint(
                condition=~Q(reports_to=F("id")),
                name="contact_does_not_report_to_itself",
                violation_error_message=_("People do not report to themselves. Choose somebody else."),
            ),
        ]
        triggers = [not_above_itself("customers_contact", "reports_to")]

    def __str__(self) -> str:
        return self.full_name

    def set_keys(self) -> None:
        """Compute the name and what is compared and sorted; whoever writes the parts calls it."""
        names = (self.first_name, self.middle_name, self.last_name)
        self.full_name = " ".join(name for name in names if name) or self.email
        self.sort_key = fold(self.full_name)
        self.name_key = keys.name_key(self.first_name, self.last_name)
        self.email_key = keys.email_key(self.email)
        self.email2_key = keys.email_key(self.email2)
        self.phone_e164 = keys.phone_key(self.phone)
        self.mobile_e164 = keys.phone_key(self.mobile)

    @transition(field="state", source="active", target="inactive", conditions=[CONTACT_MACHINE.allows("deactivate")])
    def deactivate(self) -> None:
        self.status_reason = CONTACT_MACHINE.reason_after("deactivate")

    @transition(field="state", source="inactive", target="active", conditions=[CONTACT_MACHINE.allows("activate")])
    def activate(self) -> None:
        self.status_reason = CONTACT_MACHINE.reason_after("activate")

"""What people answer to a campaign."""

import datetime as dt
from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from crm.core.models import tracked
from crm.core.states import StateModel, reason_field, state_field
from crm.users.models import OwnedModel, User, branch_indexes
from leads.models.campaigns import Campaign
from leads.states import RESPONSE_MACHINE


def person_key(target: str, words: Any) -> Any:
    """A column that may name the lead, contact or account which is meant."""
    return models.ForeignKey(
        target, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=words
    )


@tracked
class CampaignResponse(OwnedModel, StateModel):
    """From somebody known, who is a lead, a contact or an account, or from whom it says. `result` is what it became."""

    class Answer(models.TextChoices):
        INTERESTED = "interested", _("Interested")
        NOT_INTERESTED = "not_interested", _("Not interested")
        DO_NOT_SEND = "do_not_send", _("Do not send marketing material")
        ERROR = "error", _("Error")

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")
        FAX = "fax", _("Fax")
        LETTER = "letter", _("Letter")
        APPOINTMENT = "appointment", _("Appointment")
        WEB = "web", _("Web")
        OTHER = "other", _("Other")

    machine = RESPONSE_MACHINE

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="responses", verbose_name=_("campaign"))
    subject = models.CharField(_("subject"), max_length=300)
    sort_key = models.CharField(max_length=310, editable=False)
    answer = models.CharField(_("answer"), max_length=20, choices=Answer.choices, default=Answer.INTERESTED)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel.choices, default=Channel.EMAIL)
    received_on = models.DateField(_("received"))
    source = models.CharField(_("source"), max_length=100, blank=True)
    description = models.TextField(_("description"), blank=True)

    lead: Any = person_key("leads.Lead", _("lead"))
    contact: Any = person_key("customers.Contact", _("contact"))
    account: Any = person_key("customers.Account", _("account"))
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    company = models.CharField(_("company"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), max_length=254, blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)

    state = state_field(RESPONSE_MACHINE)
    status_reason = reason_field(RESPONSE_MACHINE)
    result_type = models.ForeignKey(
        ContentType, models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )
    result_id = models.BigIntegerField(null=True, editable=False)
    result = GenericForeignKey("result_type", "result_id")
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("closed by")
    )
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta(OwnedModel.Meta):
        verbose_name = _("campaign response")
        verbose_name_plural = _("campaign responses")
        constraints = [
            *OwnedModel.Meta.constraints,
            RESPONSE_MACHINE.constraint("response_state_reason"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="response_closed_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(status_reason__in=("converted", "linked"), result_id__isnull=False)
                | (~Q(status_reason__in=("converted", "linked")) & Q(result_id__isnull=True)),
                name="response_converted_has_result",
            ),
            models.CheckConstraint(
                condition=Q(lead__isnull=True, contact__isnull=True)
                | Q(lead__isnull=True, account__isnull=True)
                | Q(contact__isnull=True, account__isnull=True),
                name="response_from_one_person",
                violation_error_message=_("Choose one of lead, contact and account."),
            ),
        ]
        indexes = [
            *branch_indexes("response", "-created_at", "-received_on", "sort_key"),
            models.Index(fields=["result_type", "result_id"], name="response_result", condition=Q(result_id__gt=0)),
            *(
                models.Index(fields=[name], name=f"response_{name}", condition=Q(**{f"{name}__isnull": False}))
                for name in ("lead", "contact", "account")
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def typed_name(self) -> str:
        """Who it says it is from."""
        return " ".join(part for part in (self.first_name, self.last_name) if part) or self.company or self.email

    @transition(field="state", source="open", target="closed")
    def convert(self, *, result: models.Model, reason: str, at: dt.datetime, by: User | None) -> None:
        self.status_reason = RESPONSE_MACHINE.reason_after("convert", reason)
        self.result_type, self.result_id = ContentType.objects.get_for_model(result), result.pk
        self.closed_at, self.closed_by = at, by

    @transition(field="state", source="open", target="closed")
    def close(self, *, at: dt.datetime, by: User | None) -> None:
        self.status_reason = RESPONSE_MACHINE.reason_after("close")
        self.closed_at, self.closed_by = at, by

    @transition(field="state", source="open", target="canceled")
    def cancel(self, *, at: dt.datetime, by: User | None) -> None:
        self.status_reason = RESPONSE_MACHINE.reason_after("cancel")
        self.closed_at, self.closed_by = at, by

    @transition(
        field="state",
        source=["closed", "canceled"],
        target="open",
        conditions=[RESPONSE_MACHINE.allows("reopen")],
    )
    def reopen(self) -> None:
        self.status_reason = RESPONSE_MACHINE.reason_after("reopen")
        self.closed_at = self.closed_by = None

"""Marketing lists: whom a campaign speaks to."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from crm.core.models import TaggedModel, tag_index, tracked
from crm.core.states import StateModel, reason_field, state_field
from crm.core.words import SearchWords
from crm.users.models import OwnedModel, branch_indexes
from leads.states import LIST_MACHINE

LIST_WORDS = SearchWords(names=("sort_key",))
"""What a list is found by."""

MEMBER_NOUNS = ("lead", "contact", "account")


def one_of_members(name: str) -> models.CheckConstraint:
    """Exactly one of the columns `lead`, `contact` and `account` is filled."""
    alone = Q()
    for noun in MEMBER_NOUNS:
        alone |= Q(**{f"{other}__isnull": other != noun for other in MEMBER_NOUNS})
    return models.CheckConstraint(condition=alone, name=name)


@tracked
class MarketingList(OwnedModel, StateModel, TaggedModel):
    """Leads, contacts or accounts: a static list has members, a dynamic one asks a query whenever it is looked at."""

    class Kind(models.TextChoices):
        STATIC = "static", _("Static")
        DYNAMIC = "dynamic", _("Dynamic")

    class Members(models.TextChoices):
        LEADS = "lead", _("Leads")
        CONTACTS = "contact", _("Contacts")
        ACCOUNTS = "account", _("Accounts")

    machine = LIST_MACHINE

    name = models.CharField(_("name"), max_length=200)
    sort_key = models.CharField(max_length=310, editable=False)
    kind = models.CharField(
        _("kind"),
        max_length=10,
        choices=Kind.choices,
        default=Kind.STATIC,
        help_text=_("Static: who is put on it. Dynamic: whoever the query finds."),
    )
    members_are = models.CharField(_("members"), max_length=10, choices=Members.choices, default=Members.CONTACTS)
    query = models.TextField(
        _("query"), blank=True, help_text=_("Of a dynamic list, as in the box of a list: state:active city:Leeds")
    )
    purpose = models.TextField(_("purpose"), blank=True)
    skips_opted_out = models.BooleanField(
        _("skip who has opted out"), default=True, help_text=_("Also of letters, calls and e-mails one by one.")
    )
    needs_consent = models.BooleanField(
        _("only with consent"), default=False, help_text=_("Leads without a recorded consent are skipped.")
    )
    is_locked = models.BooleanField(_("locked"), default=False, editable=False)
    member_count = models.PositiveIntegerField(_("members now"), default=0, db_default=0, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    snapshot_of: Any = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("snapshot of")
    )
    state = state_field(LIST_MACHINE)
    status_reason = reason_field(LIST_MACHINE)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta(OwnedModel.Meta):
        verbose_name = _("marketing list")
        verbose_name_plural = _("marketing lists")
        constraints = [
            *OwnedModel.Meta.constraints,
            LIST_MACHINE.constraint("marketing_list_state_reason"),
            models.CheckConstraint(
                condition=(Q(kind="dynamic") & ~Q(query="") & Q(is_locked=False)) | Q(kind="static", query=""),
                name="marketing_list_query_fits_kind",
                violation_error_message=_("A dynamic list needs a query, and a static one has none."),
            ),
            models.CheckConstraint(
                condition=Q(needs_consent=False) | Q(members_are="lead"),
                name="marketing_list_consent_of_leads",
                violation_error_message=_("Consent is recorded of leads only."),
            ),
        ]
        indexes = [
            *branch_indexes("mlist", "-created_at", "-updated_at", "sort_key"),
            GinIndex(LIST_WORDS, name="marketing_list_search"),
            tag_index("marketing_list"),
        ]

    def __str__(self) -> str:
        return self.name

    @transition(field="state", source="active", target="inactive")
    def deactivate(self) -> None:
        self.status_reason = LIST_MACHINE.reason_after("deactivate")

    @transition(field="state", source="inactive", target="active")
    def activate(self) -> None:
        self.status_reason = LIST_MACHINE.reason_after("activate")


@tracked
class ListMember(models.Model):
    """Somebody on a static list: a lead, a contact or an account, as the list says."""

    list = models.ForeignKey(MarketingList, models.CASCADE, related_name="rows", db_index=False)
    lead: Any = models.ForeignKey("leads.Lead", models.CASCADE, null=True, related_name="+", db_index=False)
    contact: Any = models.ForeignKey("customers.Contact", models.CASCADE, null=True, related_name="+", db_index=False)
    account: Any = models.ForeignKey("customers.Account", models.CASCADE, null=True, related_name="+", db_index=False)
    added_at = models.DateTimeField(_("added"), db_default=Now(), editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("list member")
        verbose_name_plural = _("list members")
        constraints = [
            one_of_members("list_member_is_one_record"),
            *(
                models.UniqueConstraint(
                    fields=["list", noun], name=f"list_member_{noun}_once", condition=Q(**{f"{noun}__isnull": False})
                )
                for noun in MEMBER_NOUNS
            ),
        ]
        indexes = [
            models.Index(fields=[noun], name=f"list_member_{noun}", condition=Q(**{f"{noun}__isnull": False}))
            for noun in MEMBER_NOUNS
        ]

    def __str__(self) -> str:
        return f"{self.list}: {self.lead or self.contact or self.account}"

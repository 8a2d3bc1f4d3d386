"""The fields of leads where their columns do not say enough, and those that a service changes on many at once."""

from django.utils.translation import gettext_lazy as _

from crm.core.fields import derived, leave_out, register_fields
from crm.core.screens.history import keep_silent
from crm.data.many import register_many
from leads.models import Campaign, CampaignResponse, CaptureForm, Lead, MarketingList
from leads.services.leads import SETTLED, update_leads


def register() -> None:
    register_fields(
        Lead,
        derived(Lead, "name", sort="sort_key"),
        derived(Lead, "source", choices=tuple(Lead.Source.choices)),
        derived(Lead, "disqualify_note", label=_("disqualification note")),
        derived(Lead, "existing_account", name="account"),
        derived(Lead, "existing_contact", name="contact"),
        *(
            derived(Lead, f"utm_{part}", label=label)
            for part, label in (
                ("source", _("UTM source")),
                ("medium", _("UTM medium")),
                ("campaign", _("UTM campaign")),
                ("term", _("UTM term")),
                ("content", _("UTM content")),
            )
        ),
        derived(Lead, "gclid", label=_("Google click ID")),
    )
    register_fields(Campaign, derived(Campaign, "name", sort="sort_key", folded="sort_key"))
    register_fields(
        CampaignResponse,
        derived(CampaignResponse, "subject", sort="sort_key", folded="sort_key"),
        derived(CampaignResponse, "source", choices=tuple(Lead.Source.choices)),
    )
    register_fields(MarketingList, derived(MarketingList, "name", sort="sort_key", folded="sort_key"))
    # Each reader counts whom they see; see `list_counts`.
    leave_out(MarketingList, "member_count")
    keep_silent(MarketingList, "member_count")
    leave_out(CampaignResponse, "result_type", "result_id")
    leave_out(CaptureForm, "key", "campaign_code")
    register_many(Lead, fields=SETTLED, change=update_leads)

"""The campaign and the response from which a record came, as pages name them."""

from typing import Any

from django.contrib.contenttypes.models import ContentType

from crm.customers.links import linked_names
from leads.models import Campaign, CampaignResponse


def campaign_link(record: Any, user: Any) -> str:
    """Its name leading to its page, the noun alone where the reader may not see it; else what a sender called it."""
    if record.campaign_id is None:
        return str(record.campaign_code)
    (name,) = linked_names(user, [(Campaign, record.campaign_id)])
    return name


def response_link(record: Any, user: Any) -> str:
    """The first response that became the record, as `campaign_link`; nothing where none did."""
    kind = ContentType.objects.get_for_model(record)
    became = CampaignResponse.objects.filter(result_type=kind, result_id=record.pk)
    key = became.order_by("pk").values_list("pk", flat=True).first()
    if key is None:
        return ""
    (name,) = linked_names(user, [(CampaignResponse, key)])
    return name

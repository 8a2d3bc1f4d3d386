"""The campaign from which a record came, as pages name it."""

from typing import Any

from crm.customers.links import linked_names
from leads.models import Campaign


def campaign_link(record: Any, user: Any) -> str:
    """Its name leading to its page, the noun alone where the reader may not see it; else what a sender called it."""
    if record.campaign_id is None:
        return str(record.campaign_code)
    (name,) = linked_names(user, [(Campaign, record.campaign_id)])
    return name

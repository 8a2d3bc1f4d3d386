"""The first call, e-mail or meeting with a new lead makes it a contacted one."""

import datetime as dt

from django.contrib.contenttypes.models import ContentType

from activities.kinds import CONTACTS
from activities.models import Activity
from crm.core import history
from crm.core.actors import Actor
from leads.models import Lead
from leads.services.leads import mark_contacted


def contact_by_activity(activity: Activity, actor: Actor, at: dt.datetime) -> None:
    """Runs when an activity has been completed; who may complete it need not have the right to change the lead."""
    if activity.kind not in CONTACTS or activity.regarding_id is None:
        return
    if activity.regarding_type_id != ContentType.objects.get_for_model(Lead).pk:
        return
    # The lead is locked already, before its activity; this reads it as it is now.
    lead = Lead.objects.select_for_update(of=("self",)).filter(pk=activity.regarding_id).first()
    if lead is not None:
        with history.action("lead.contacted", actor=actor):
            mark_contacted(lead, at)

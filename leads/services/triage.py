"""What the triage of new leads does beside the usual acts: a call that was made, and the way back from the last act."""

import datetime as dt

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from activities.kinds import CONTACTS, Kind
from activities.models import Activity
from activities.regarding import Ref
from activities.services.activities import complete_activity, create_activity
from crm.core.access import DELETE, READ, lock_for
from crm.core.actors import Actor
from crm.core.deletion import delete_record
from crm.core.errors import Conflict, NotFound
from crm.core.transactions import service
from leads.models import Lead
from leads.states import LEAD_MACHINE


@service("lead.called")
def log_call(*, lead_id: int, note: str, actor: Actor, at: dt.datetime) -> Activity:
    """A completed call with an open lead; as any first call, it makes a new lead a contacted one."""
    lead = lock_for(Lead, lead_id, actor, READ)
    if lead.state != "open":
        raise Conflict(
            _("This lead is %(state)s. Calls are logged here only with open leads.")
            % {"state": lead.state_label.lower()}
        )
    values = {"subject": (_("Call with %(name)s") % {"name": lead})[:200], "description": note}
    call = create_activity(kind=Kind.PHONE_CALL, values=values, regarding=Ref.to(lead), actor=actor, at=at)
    return complete_activity(activity_id=call.pk, actor=actor, at=at)


@service("lead.call_undone")
def undo_call(*, activity_id: int, actor: Actor, at: dt.datetime) -> Lead:
    """Put a call of one's own into the bin. A lead that only this call has made contacted is new again."""
    lead = _lead_called(activity_id)
    lead = lock_for(Lead, lead.pk, actor, READ)
    call = lock_for(Activity, activity_id, actor, DELETE)
    delete_record(model=Activity, record_id=activity_id, actor=actor, at=at)
    if lead.contacted_at == call.completed_at and LEAD_MACHINE.can("renew", lead) and not _other_contact(lead, call):
        lead.renew()
        lead.save(update_fields=["state", "status_reason", "contacted_at"])
    return lead


def _lead_called(activity_id: int) -> Lead:
    of_leads = Activity.objects.filter(kind=Kind.PHONE_CALL, regarding_type=ContentType.objects.get_for_model(Lead))
    key = of_leads.filter(pk=activity_id).values_list("regarding_id", flat=True).first()
    lead = None if key is None else Lead.objects.filter(pk=key).first()
    if lead is None:
        raise NotFound(_("There is no such call."))
    return lead


def _other_contact(lead: Lead, call: Activity) -> bool:
    ref = Ref.to(lead)
    contacts = Activity.objects.filter(
        kind__in=CONTACTS, state="completed", regarding_type_id=ref.type_id, regarding_id=ref.pk
    )
    return contacts.exclude(pk=call.pk).exists()

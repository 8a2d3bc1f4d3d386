"""The form of one's own absence."""

from crm.core.forms import RecordForm
from leads.models import Absence


class AbsenceForm(RecordForm[Absence]):
    class Meta:
        model = Absence
        fields = ("first_on", "last_on", "note")

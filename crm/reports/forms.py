"""What a report is asked for. What makes no sense is left out with a notice: a report is an address."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.query.dates import Days
from crm.core.widgets import use_own_widgets
from crm.reports.marketing.figures import Scope
from crm.reports.marketing.leads import BY, STEPS
from crm.reports.periods import ALL, OWN, PERIODS, THIS_YEAR, days_of
from crm.users.models import BusinessUnit, User
from leads.states import LEAD_MACHINE

_FIRST_YEAR, _LAST_YEAR = 1990, 2200


class ReportForm(forms.Form):
    """`ReportForm(data, today=…)`; `scope` and `notices` are there for any data."""

    period = forms.ChoiceField(label=gettext_lazy("Period"), required=False)
    first = forms.DateField(label=gettext_lazy("From"), required=False)
    last = forms.DateField(label=gettext_lazy("To"), required=False)
    owner = forms.ModelChoiceField(User.objects.filter(is_active=True), label=gettext_lazy("Owner"), required=False)
    unit = forms.ModelChoiceField(BusinessUnit.objects.all(), label=gettext_lazy("Business unit"), required=False)

    usual = ALL
    endless: tuple[tuple[str, str | Promise], ...] = ((ALL, gettext_lazy("All time")),)

    def __init__(self, data: Any, *, today: dt.date) -> None:
        super().__init__(data)
        self.today = today
        period: Any = self.fields["period"]
        period.choices = [*self.endless, *PERIODS]
        use_own_widgets(self)
        self._asked = self._understood()

    def _understood(self) -> dict[str, Any]:
        """The values that make sense; the others are as if nobody had asked."""
        _errors = self.errors
        values = dict(self.cleaned_data)
        first, last = values.get("first"), values.get("last")
        if first and last and last < first:
            self.add_error("last", _("The end lies before the start."))
            values["first"] = values["last"] = None
        return values

    @property
    def period_word(self) -> str:
        return self._asked.get("period") or (OWN if self._own_days() else self.usual)

    def _own_days(self) -> bool:
        return bool(self._asked.get("first") or self._asked.get("last"))

    @property
    def days(self) -> Days:
        if self.period_word == OWN:
            return Days(self._asked.get("first"), self._asked.get("last"))
        return days_of(self.period_word, self.today)

    @property
    def scope(self) -> Scope:
        owner, unit = self._asked.get("owner"), self._asked.get("unit")
        return Scope(self.days, owner.pk if owner else None, unit.pk if unit else None)

    @property
    def notices(self) -> list[str]:
        return [
            _("“%(name)s” was ignored: %(why)s") % {"name": self.fields[name].label, "why": " ".join(map(str, errors))}
            for name, errors in self.errors.items()
        ]


class LeadsForm(ReportForm):
    """Days have both ends here: every column is one of them."""

    by = forms.ChoiceField(label=gettext_lazy("Lines"), choices=list(BY.items()), required=False)
    step = forms.ChoiceField(label=gettext_lazy("Columns"), choices=list(STEPS.items()), required=False)
    outcome = forms.ChoiceField(label=gettext_lazy("Outcome"), required=False)

    field_order = ("by", "step", "outcome", "period", "first", "last", "owner", "unit")
    usual = THIS_YEAR
    endless = ()

    def _understood(self) -> dict[str, Any]:
        outcome: Any = self.fields["outcome"]
        outcome.choices = [("", _("All leads")), *LEAD_MACHINE.state_choices()]
        return super()._understood()

    @property
    def days(self) -> Days:
        """An open end is this year's, or today."""
        found = super().days
        year = dt.date(self.today.year, 1, 1)
        last = _within(found.last or max(self.today, found.first or self.today))
        first = _within(found.first or min(year, last))
        return Days(first, last)

    @property
    def lines_by(self) -> str:
        return self._asked.get("by") or next(iter(BY))

    @property
    def columns_by(self) -> str:
        return self._asked.get("step") or next(iter(STEPS))

    @property
    def state(self) -> str:
        """Of the leads that are counted; "" for all."""
        return self._asked.get("outcome") or ""


def _within(day: dt.date) -> dt.date:
    """No calendar of a business begins before or ends after."""
    return min(max(day, dt.date(_FIRST_YEAR, 1, 1)), dt.date(_LAST_YEAR, 12, 31))

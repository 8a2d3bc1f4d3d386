"""The form of what people choose for themselves; what it leaves open is the organisation's."""

import zoneinfo
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.forms import RecordForm
from crm.core.models import Organisation
from crm.users.models import User
from crm.users.services.settings import SETTINGS
from crm.users.start_pages import start_pages


class SettingsForm(RecordForm[User]):
    time_zone = forms.ChoiceField(required=False, label=gettext_lazy("Time zone"))
    start_page = forms.ChoiceField(required=False, label=gettext_lazy("First page after signing in"))

    sections = (
        (gettext_lazy("Language and place"), ("language", "time_zone", "week_starts")),
        (gettext_lazy("How it is written"), ("number_format", "date_format", "time_format")),
        (gettext_lazy("How it looks"), ("theme", "density", "start_page")),
    )

    class Meta:
        model = User
        fields = SETTINGS
        help_texts = {
            "number_format": gettext_lazy("Amounts may be typed like that, too."),
            "date_format": gettext_lazy("With a choice of your own, days are typed; else your browser shows them."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        organisation = Organisation.load()
        zones = sorted(zoneinfo.available_timezones())
        self._choose("time_zone", [(zone, zone) for zone in zones], _inherited(organisation.time_zone, "UTC"))
        self._choose("start_page", start_pages(self.actor), _("Today"))
        for name in ("language", "number_format", "date_format", "time_format", "week_starts"):
            otherwise = _("As the browser") if name == "language" else _("As the language")
            self._choose(name, _choices(self.fields[name])[1:], _inherited(_told(organisation, name), otherwise))
        self._choose("theme", _choices(self.fields["theme"])[1:], _("As chosen on each device"))
        self._choose("density", _choices(self.fields["density"])[1:], _("Normal"))

    def _choose(self, name: str, choices: list[tuple[Any, Any]], nothing: str) -> None:
        field: Any = self.fields[name]
        field.choices = [("", nothing), *choices]
        field.says_nothing_too = True


def _choices(field: Any) -> list[tuple[Any, Any]]:
    return list(field.choices)


def _told(organisation: Organisation, name: str) -> str:
    field: Any = Organisation._meta.get_field(name)
    return str(dict(field.flatchoices).get(getattr(organisation, name), ""))


def _inherited(choice: str, otherwise: str) -> str:
    return _("As the organisation: %(choice)s") % {"choice": choice} if choice else otherwise

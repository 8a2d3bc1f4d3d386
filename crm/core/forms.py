"""Forms of records and of acts. They check values and never save: a service does."""

from typing import Any, ClassVar, Never

from django import forms
from django.db import models
from django.utils.functional import Promise

from crm.core.custom.forms import add_fields, given_values, sections_with
from crm.core.custom.writing import VALUES
from crm.core.filters import limit_choices
from crm.core.models import CustomModel
from crm.core.widgets import use_own_widgets

type Section = tuple[str | Promise, tuple[str, ...]]


class RecordForm[M: models.Model](forms.ModelForm[M]):
    """`RecordForm(data, files, actor=…, instance=…)`; choice fields offer what the actor may see.

    `sections` groups the fields on the page: (title, names of fields). Fields that administrators added follow,
    unless `has_custom_fields` says otherwise. `alone` are those from which nothing else of the record follows, no rule
    looks at and no other record hangs: a bulk edit writes them by one statement.
    """

    sections: tuple[Section, ...] = ()
    has_custom_fields: ClassVar[bool] = True
    alone: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor = actor
        takes_them = self.has_custom_fields and isinstance(self.instance, CustomModel)
        self._added = add_fields(self, actor) if takes_them else ()
        self.sections = sections_with(self.sections, self._added)
        limit_choices(self, actor)
        use_own_widgets(self)

    @classmethod
    def takes(cls, record: Any, name: str) -> bool:
        """Has the form of this record that field? Where it depends on the record, the form of its table says so."""
        return True

    @property
    def values(self) -> dict[str, Any]:
        """What a service takes: cleaned values by field name, those of added fields by key under `custom`."""
        added = set(self.custom_names)
        values = {name: value for name, value in self.cleaned_data.items() if name not in added}
        return values | ({VALUES: given_values(self._added, self)} if added else {})

    @property
    def custom_names(self) -> list[str]:
        return [definition.form_name for definition in self._added]

    def save(self, commit: bool = True) -> Never:
        raise TypeError("Records are saved by services, which know rights, history and numbers.")


class TransitionForm(forms.Form):
    """`TransitionForm(data, files, actor=…, record=…)`: what a move asks before it is made."""

    sections: ClassVar[tuple[Section, ...]] = ()

    def __init__(self, *args: Any, actor: Any, record: Any, **options: Any) -> None:
        self.actor, self.record = actor, record
        super().__init__(*args, **options)
        limit_choices(self, actor)
        use_own_widgets(self)

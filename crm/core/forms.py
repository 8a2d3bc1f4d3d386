"""Forms of records and of acts. They check values and never save: a service does."""

from typing import Any, ClassVar, Never

from django import forms
from django.db import models
from django.utils.functional import Promise

from crm.core.filters import limit_choices
from crm.core.widgets import use_own_widgets

type Section = tuple[str | Promise, tuple[str, ...]]


class RecordForm[M: models.Model](forms.ModelForm[M]):
    """`RecordForm(data, files, actor=…, instance=…)`; choice fields offer what the actor may see.

    `sections` groups the fields on the page: (title, names of fields).
    """

    sections: ClassVar[tuple[Section, ...]] = ()

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor = actor
        limit_choices(self, actor)
        use_own_widgets(self)

    @property
    def values(self) -> dict[str, Any]:
        """What a service takes: cleaned values by field name."""
        return dict(self.cleaned_data)

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

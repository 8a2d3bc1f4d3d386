"""The form of the qualification map: for each field of what a lead becomes, which field of the lead fills it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sales.models import QualificationMap
from sales.services.map_fields import End, caution, sources, targets
from sales.services.qualification_map import Choices, fitting, misfits, shipped

KINDS = {
    "account": gettext_lazy("Account"),
    "contact": gettext_lazy("Contact"),
    "opportunity": gettext_lazy("Opportunity"),
}
ICONS = {"account": "building", "contact": "user", "opportunity": "target"}


@dataclass(frozen=True, slots=True)
class Row:
    """One target on the page. `misfit` says why what was chosen fills it no more, `warning` what an empty one costs,
    and `caution` what may not find room.
    """

    target: End
    field: Any
    usual: str
    is_changed: bool
    misfit: str
    warning: str
    caution: str

    @property
    def is_filled(self) -> bool:
        return bool(self.field.value()) or self.is_changed or bool(self.field.errors)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the three records, with the rows that something fills or somebody changed first."""

    kind: str
    title: str
    icon: str
    rows: list[Row]
    others: list[Row]


class QualificationMapForm(forms.Form):
    """`QualificationMapForm(data, files, actor=…, instance=…)`, as the screens make forms of records."""

    def __init__(self, *args: Any, actor: Any, instance: QualificationMap, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor, self.instance = actor, instance
        self._given = sources(actor)
        self._targets = {kind: targets(kind, actor) for kind in KINDS}
        self._usual = {kind: shipped(kind, actor) for kind in KINDS}
        self._misfits = {kind: dict(misfits(kind, instance, actor)) for kind in KINDS}
        for kind, found in self._targets.items():
            for target in found.values():
                self.fields[f"{kind}-{target.name}"] = self._field(kind, target)

    def _field(self, kind: str, target: End) -> forms.ChoiceField:
        """Anything may be sent, so that what does not fit gets a sentence of its own; offered is what fits."""
        usual = self._usual[kind].get(target.name, "")
        chosen = self.instance.choices.get(kind, {}).get(target.name, usual)
        words = {"": _("Nothing"), **{source.name: source.label for source in self._given.values()}}
        words.setdefault(chosen, _("A field that is gone"))
        label = f"{KINDS[kind]}: {target.label}"
        field = forms.ChoiceField(label=label, required=False, initial=chosen, choices=list(words.items()))
        offered = {source.name for source in fitting(target, self._given.values())} | {"", chosen, usual}
        field.widget = forms.Select(choices=list(_ordered({name: words[name] for name in offered}, usual)))
        field.widget.attrs["aria-label"] = label
        return field

    @property
    def choices(self) -> Choices:
        """What the service takes: only what was sent, so that a form without a field leaves that as it is."""
        return {
            kind: {name: self.cleaned_data[field] for name in found if (field := f"{kind}-{name}") in self.data}
            for kind, found in self._targets.items()
        }

    def parts(self) -> Iterator[Part]:
        for kind, title in KINDS.items():
            rows = [self._row(kind, target) for target in self._targets[kind].values()]
            filled = [row for row in rows if row.is_filled]
            yield Part(kind, str(title), ICONS[kind], filled, [row for row in rows if not row.is_filled])

    def _row(self, kind: str, target: End) -> Row:
        field = self[f"{kind}-{target.name}"]
        usual = self._usual[kind].get(target.name, "")
        misfit = self._misfits[kind].get(target.name, "") if field.value() == field.initial else ""
        name = self._given[usual].label if usual in self._given else _("Nothing")
        source = self._given.get(str(field.value()))
        careful = caution(source, target) if source and field.value() != usual else ""
        return Row(target, field, name, field.value() != usual, misfit, _warning(kind, target), careful)


def _ordered(words: Mapping[str, str], usual: str) -> Iterator[tuple[str, str]]:
    """What ships first, then nothing, then all others by their words."""
    yield usual, _("%(source)s, as shipped") % {"source": words[usual]}
    if usual:
        yield "", words[""]
    yield from sorted(
        ((name, word) for name, word in words.items() if name not in {usual, ""}), key=lambda pair: pair[1].casefold()
    )


def _warning(kind: str, target: End) -> str:
    if not target.is_required:
        return ""
    if (kind, target.name) == ("opportunity", "topic"):
        return _("Without it an opportunity is called after the company or the person.")
    if target.added:
        return _("This field is required in forms, and a qualification would leave it empty.")
    return _("This field is required: somebody has to type it at each qualification, and bulk qualification stops.")

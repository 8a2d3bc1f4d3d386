"""Putting many records of a list on a marketing list, and taking them off."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.access import READ
from crm.core.errors import Refusal
from crm.data.acts import register_act
from crm.data.acts.base import Kept, Outcome, Result, Results, SetAct, by_key, refused_as
from leads.models import MarketingList
from leads.record_names import ListField
from leads.services.lists import MODELS, add_members, remove_members


class ChooseListForm(forms.Form):
    """A static list of these records which the actor may change."""

    list = ListField(label=gettext_lazy("Marketing list"))

    def __init__(self, data: Any, *, noun: str, actor: Any) -> None:
        super().__init__(data)
        field: Any = self.fields["list"]
        field.offer_of(noun, actor)


class _ListAct(SetAct):
    right = READ
    service: Callable[..., list[int]]
    opposite: Callable[..., list[int]]

    @property
    def noun(self) -> str:
        return str(self.model._meta.model_name)

    def form(self, data: Any = None) -> Any:
        return ChooseListForm(data, noun=self.noun, actor=self.actor)

    def change(self, records: list[Any], form: Any, at: dt.datetime) -> Results:
        chosen: MarketingList = form.cleaned_data["list"]
        keys = [record.pk for record in records]
        try:
            done = set(type(self).service(list_id=chosen.pk, keys=keys, actor=self.actor, at=at))
        except Refusal as refused:
            return dict.fromkeys(keys, refused_as(refused))
        on_it = {"list": chosen.pk}
        return {key: Result(Outcome.DONE, before=on_it, after=on_it) if key in done else self.left(key) for key in keys}

    def left(self, key: int) -> Result:
        return Result(Outcome.SAME)

    def take_back(self, kept: Sequence[Kept], at: Any, done_at: Any) -> Results:
        """Only those whom this run put there or took away, and who are still so."""
        results: Results = {}
        known = by_key(kept)
        for list_id in {one.before["list"] for one in kept}:
            keys = [key for key, one in known.items() if one.before["list"] == list_id]
            try:
                done = set(type(self).opposite(list_id=list_id, keys=keys, actor=self.actor, at=at))
            except Refusal as refused:
                results |= dict.fromkeys(keys, refused_as(refused))
            else:
                results |= {key: Result(Outcome.DONE if key in done else Outcome.MOVED_ON) for key in keys}
        return results


class AddToListAct(_ListAct):
    key, label = "list-add", gettext_lazy("Put on a marketing list")
    service, opposite = add_members, remove_members

    def summary(self, form: Any) -> str:
        return _("Put on “%(list)s”") % {"list": form.cleaned_data["list"]}

    def refusal(self, record: Any) -> str:
        return _("Inactive records are not put on lists.") if record.state == "inactive" else ""


class TakeOffListAct(_ListAct):
    key, label = "list-remove", gettext_lazy("Take off a marketing list")
    service, opposite = remove_members, add_members

    def summary(self, form: Any) -> str:
        return _("Taken off “%(list)s”") % {"list": form.cleaned_data["list"]}


def register() -> None:
    for model in MODELS.values():
        for act in (AddToListAct, TakeOffListAct):
            register_act(model, act, permission="leads.write_marketinglist")

"""What can be done with a record: the declarations that buttons, menus, forms and transition URLs read.

An app fills the registry in `AppConfig.ready()`, also for models below it: `sales` adds *Qualify* to a lead.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from crm.core.addresses import screen_url
from crm.core.states import StateModel

type Text = str | Promise

#: Acts from this position on are about a record's people, such as sharing it; none of them is the next step.
ASIDE = 90


@dataclass(frozen=True, kw_only=True)
class Action:
    """One act on one record.

    `name` is the last part of the address (`create-order`) and of the URL name; `right` the action asked of
    `for_action`; `move` the name in the state machine, where the act is a transition. `form` is built as
    `form(data, actor=…, record=…)`; without one the page asks only for confirmation. `perform(record_id,
    cleaned_data, actor)` calls the service and gives the address to go to. `obstacle(record)` says why the
    act is not possible now although the state would allow it; empty when it is. `creates` is the table in which
    the act makes a record: who may not create there may not act, even where `right` alone would do. `many`
    says that the form asks the same of every record, so that many can be moved at once: it is built with `record=None`.
    """

    name: str
    label: Text
    model: type[models.Model]
    right: str
    perform: Callable[[int, Mapping[str, Any], Any], str]
    url_name: str
    move: str = ""
    creates: type[models.Model] | None = None
    form: type[forms.Form] | None = None
    confirm: Text = ""
    done: Text = ""
    danger: bool = False
    many: bool = False
    position: int = 100
    obstacle: Callable[[Any], str] = field(default=lambda _record: "")
    template: str = "screens/transition.html"
    context: Callable[[Any, Any], Mapping[str, Any]] = field(default=lambda _record, _actor: {})

    def url(self, record: models.Model) -> str:
        return reverse(self.url_name, args=[record.pk])

    def refusal(self, record: models.Model) -> str:
        """Why not now; empty when the act is open."""
        if self.move and isinstance(record, StateModel) and not record.machine.can(self.move, record):
            return record.machine.refusal(record, self.move)
        return self.obstacle(record)


_registry: dict[type[models.Model], dict[str, Action]] = {}


def performing(service: Callable[..., models.Model], key: str) -> Callable[[int, Mapping[str, Any], Any], str]:
    """`perform` of an act that asks nothing: the service takes the record's key under the name `key`, and the page of
    the record that it gives is shown.
    """

    def perform(record_id: int, _values: Mapping[str, Any], actor: Any) -> str:
        found = service(**{key: record_id}, actor=actor, at=timezone.now())
        return screen_url(type(found), "detail", found.pk)

    return perform


def register(*actions: Action) -> None:
    for action in actions:
        _registry.setdefault(action.model, {})[action.name] = action


def actions_for(model: type[models.Model]) -> list[Action]:
    """All acts on this model, the most natural next one first."""
    return sorted(_registry.get(model, {}).values(), key=lambda action: (action.position, action.name))


def get_action(model: type[models.Model], name: str) -> Action:
    return _registry[model][name]

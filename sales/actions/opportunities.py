"""What can be done with an opportunity."""

from collections.abc import Callable, Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from crm.core.access import READ, WRITE
from crm.core.actions import Action, register
from crm.core.addresses import screen_url
from crm.users.assigning import assign_action
from sales.forms.opportunities import LoseForm, WinForm
from sales.models import Opportunity, Quote
from sales.services import opportunities as service
from sales.services.lines import frozen_sentence
from sales.services.quotes import create_quote_from_opportunity

type Values = Mapping[str, Any]


def _page(opportunity: Opportunity) -> str:
    return reverse("sales:opportunity_detail", args=[opportunity.pk])


def _plain(move: Callable[..., Opportunity]) -> Callable[[int, Values, Any], str]:
    def perform(pk: int, _values: Values, actor: Any) -> str:
        return _page(move(opportunity_id=pk, actor=actor, at=timezone.now()))

    return perform


def _win(pk: int, values: Values, actor: Any) -> str:
    won = service.win_opportunity(opportunity_id=pk, **_closing(values), actor=actor, at=timezone.now())
    return _page(won)


def _lose(pk: int, values: Values, actor: Any) -> str:
    competitor = values["competitor"]
    lost = service.lose_opportunity(
        opportunity_id=pk,
        status_reason=values["status_reason"],
        competitor_id=competitor.pk if competitor else None,
        **_closing(values),
        actor=actor,
        at=timezone.now(),
    )
    return _page(lost)


def _closing(values: Values) -> dict[str, Any]:
    return {
        "actual_revenue": values["actual_revenue"],
        "closed_on": values["closed_on"],
        "description": values["description"],
        # Without open quotes there is nothing to ask, but one may appear meanwhile.
        "close_quotes": values.get("close_quotes", False),
    }


def _create_quote(pk: int, _values: Values, actor: Any) -> str:
    quote = create_quote_from_opportunity(opportunity_id=pk, actor=actor, at=timezone.now())
    return screen_url(Quote, "detail", quote.pk)


def _only_open(opportunity: Opportunity) -> str:
    return "" if opportunity.is_editable else frozen_sentence(opportunity)


CREATE_QUOTE = Action(
    name="create-quote",
    label=gettext_lazy("New quote"),
    model=Opportunity,
    right=READ,
    creates=Quote,
    url_name="sales:opportunity_create_quote",
    perform=_create_quote,
    obstacle=_only_open,
    confirm=gettext_lazy("A draft quote gets the customer, the lines and the terms of this opportunity."),
    done=gettext_lazy("Draft quote made"),
    position=10,
)
REOPEN = Action(
    name="reopen",
    label=gettext_lazy("Reopen"),
    model=Opportunity,
    right=service.REOPEN,
    move="reopen",
    url_name="sales:opportunity_reopen",
    perform=_plain(service.reopen_opportunity),
    confirm=gettext_lazy("The actual figures are cleared and the close record is canceled. History keeps both."),
    done=gettext_lazy("Opportunity reopened"),
    position=15,
)
WIN = Action(
    name="win",
    label=gettext_lazy("Close as won"),
    model=Opportunity,
    right=service.WIN,
    move="win",
    form=WinForm,
    url_name="sales:opportunity_win",
    perform=_win,
    done=gettext_lazy("Opportunity won"),
    position=20,
)
LOSE = Action(
    name="lose",
    label=gettext_lazy("Close as lost"),
    model=Opportunity,
    right=service.LOSE,
    move="lose",
    form=LoseForm,
    url_name="sales:opportunity_lose",
    perform=_lose,
    done=gettext_lazy("Opportunity lost"),
    position=30,
)
RESUME = Action(
    name="resume",
    label=gettext_lazy("Resume"),
    model=Opportunity,
    right=WRITE,
    move="resume",
    url_name="sales:opportunity_resume",
    perform=_plain(service.resume_opportunity),
    done=gettext_lazy("Opportunity in progress"),
    position=40,
)
HOLD = Action(
    name="hold",
    label=gettext_lazy("Put on hold"),
    model=Opportunity,
    right=WRITE,
    move="hold",
    url_name="sales:opportunity_hold",
    perform=_plain(service.hold_opportunity),
    done=gettext_lazy("Opportunity on hold"),
    position=50,
)
CLONE = Action(
    name="clone",
    label=gettext_lazy("Clone"),
    model=Opportunity,
    right=READ,
    creates=Opportunity,
    url_name="sales:opportunity_clone",
    perform=_plain(service.clone_opportunity),
    confirm=gettext_lazy("A new open opportunity gets the values, the competitors and the lines of this one."),
    done=gettext_lazy("Opportunity cloned"),
    position=80,
)
ASSIGN = assign_action(Opportunity)


def register_actions() -> None:
    register(CREATE_QUOTE, REOPEN, WIN, LOSE, RESUME, HOLD, CLONE, ASSIGN)

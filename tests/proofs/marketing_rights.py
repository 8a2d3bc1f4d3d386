"""Who gets what at the addresses of campaigns, responses, marketing lists and reports; a part of `rights.py`."""

from typing import Any

from tests.proofs.rows import ALL, NEED, RUN, Row, act, pages
from tests.proofs.world import SECRET, World


def campaigns(world: World) -> dict[str, Row]:
    moves = {"prepare": "campaign", "launch": "campaign", "suspend": "campaign launched", "cancel": "campaign"}
    cost: dict[str, Any] = {"name": "Typed", "spent_on": "2026-03-02", "amount": 5}
    cost |= {"currency": world.records["price list"].currency_id}
    moves |= {"resume": "campaign suspended", "complete": "campaign launched", "deactivate": "campaign"}
    return {
        **pages("leads:campaign", read=ALL, work=RUN, name="Typed", type="event"),
        **{f"leads:campaign_{move}": act(record, RUN) for move, record in moves.items()},
        "leads:campaign_reopen": act("campaign inactive", RUN),
        "leads:campaign_assign": act("campaign", RUN, owner=world.cast.rep_b.pk),
        "leads:campaign_cost_create": act("campaign", RUN, **cost),
        "leads:campaign_cost_edit": act("campaign cost", RUN, **cost),
        "leads:campaign_cost_delete": act("campaign cost", RUN),
        **_steps(world),
        **_responses(world),
        **_marketing_lists(world),
        "reports:reports": Row(),
        "reports:campaign_performance": Row(),
        "reports:source_effectiveness": Row(),
        "reports:leads_per_period": Row(),
    }


def _marketing_lists(world: World) -> dict[str, Row]:
    key = "marketing list"
    moves = {"lock": key, "unlock": f"{key} locked", "deactivate": key, "activate": f"{key} inactive"}
    return {
        **pages("leads:marketing_list", name="Typed", kind="static", members_are="lead"),
        **{f"leads:marketing_list_{move}": act(record) for move, record in moves.items()},
        "leads:marketing_list_add": act(key, query="state:active"),
        "leads:marketing_list_snapshot": act(f"{key} dynamic", NEED),
        "leads:marketing_list_assign": act(key, owner=world.cast.rep_b.pk),
    }


def _steps(world: World) -> dict[str, Row]:
    sent: dict[str, Any] = {"list": f"{SECRET} (#{world.records['marketing list'].pk})", "channel": "phone"}
    sent |= {"subject": "Typed", "due_on": "2026-04-01", "owner_rule": "record"}
    return {
        "leads:campaign_activity_create": act("campaign", RUN, **sent),
        "leads:campaign_activity_progress": Row("campaign activity", ALL),
        "leads:campaign_activity_edit": act("campaign activity", RUN, **sent),
        "leads:campaign_activity_delete": act("campaign activity", RUN),
        "leads:campaign_activity_distribute": act("campaign activity", RUN),
        "leads:campaign_activity_undo": act("campaign activity distributed", RUN),
    }


def _responses(world: World) -> dict[str, Row]:
    key: str = "campaign response"
    sent = {"campaign": world.records["campaign"].number, "subject": "Typed", "company": "Typed"}
    sent |= {"answer": "interested", "channel": "web", "received_on": "2026-03-02"}
    return {
        **pages("leads:campaign_response", **sent),
        "leads:campaign_response_make_lead": act(key),
        "sales:campaign_response_make_opportunity": act("campaign response of a customer"),
        "leads:campaign_response_link": act(key, noun="lead", name=world.records["lead"].number),
        "leads:campaign_response_close": act(key),
        "leads:campaign_response_cancel": act(key),
        "leads:campaign_response_reopen": act("campaign response closed"),
        "leads:campaign_response_assign": act(key, owner=world.cast.rep_b.pk),
    }

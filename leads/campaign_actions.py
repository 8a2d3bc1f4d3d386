"""What can be done with a campaign."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.core.access import WRITE
from crm.core.actions import Action, performing
from crm.users.assigning import assign_action
from leads.models import Campaign
from leads.services import campaigns as services


def _move(name: str, service: Callable[..., Campaign], **said: Any) -> Action:
    """One move without questions; `said` are its words and its place."""
    return Action(
        name=name,
        model=Campaign,
        right=WRITE,
        move=name,
        perform=performing(service, "campaign_id"),
        url_name=f"leads:campaign_{name}",
        **said,
    )


LAUNCH = _move(
    "launch",
    services.launch_campaign,
    label=_("Launch"),
    confirm=_("Today becomes the actual start."),
    done=_("Campaign launched"),
    position=10,
)
PREPARE = _move(
    "prepare",
    services.prepare_campaign,
    label=_("Ready to launch"),
    confirm=_("The plan is finished, and the campaign waits for its start."),
    done=_("Ready to launch"),
    position=20,
)
RESUME = _move(
    "resume",
    services.resume_campaign,
    label=_("Resume"),
    confirm=_("The campaign goes on."),
    done=_("Campaign resumed"),
    position=25,
)
COMPLETE = _move(
    "complete",
    services.complete_campaign,
    label=_("Complete"),
    confirm=_("Today becomes the actual end. Costs and responses may still be added."),
    done=_("Campaign completed"),
    position=30,
)
SUSPEND = _move(
    "suspend",
    services.suspend_campaign,
    label=_("Suspend"),
    confirm=_("The campaign rests until it is resumed."),
    done=_("Campaign suspended"),
    position=40,
)
REOPEN = _move(
    "reopen",
    services.reopen_campaign,
    label=_("Reopen"),
    confirm=_("The campaign is proposed again and can be changed and launched once more."),
    done=_("Campaign reopened"),
    position=50,
)
DEACTIVATE = _move(
    "deactivate",
    services.deactivate_campaign,
    label=_("Deactivate"),
    confirm=_("Nobody can choose it for new records any more. What came from it keeps it."),
    done=_("Campaign deactivated"),
    position=60,
)
CANCEL = _move(
    "cancel",
    services.cancel_campaign,
    label=_("Cancel campaign"),
    confirm=_("The campaign ends here, without being completed."),
    done=_("Campaign canceled"),
    danger=True,
    position=70,
)
ASSIGN = assign_action(Campaign)
MOVES = (LAUNCH, PREPARE, RESUME, COMPLETE, SUSPEND, REOPEN, DEACTIVATE, CANCEL)

"""The lives of a lead (rules: section 2), of a campaign, of a response to one and of a
marketing list (section 12).
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.core.states import ANY, Move, StateMachine


class LeadState(models.TextChoices):
    OPEN = "open", _("Open")
    QUALIFIED = "qualified", _("Qualified")
    DISQUALIFIED = "disqualified", _("Disqualified")


_NEW, _CONTACTED, _QUALIFIED = ("open", "new"), ("open", "contacted"), ("qualified", "qualified")
_DISQUALIFIED = ("disqualified", ANY)

LEAD_MACHINE = StateMachine(
    noun="lead",
    reasons={
        "open": ("new", "contacted"),
        "qualified": ("qualified",),
        "disqualified": ("lost", "cannot_contact", "no_longer_interested", "canceled"),
    },
    moves=(
        Move("contact", (_NEW,), (_CONTACTED,)),
        Move("qualify", (_NEW, _CONTACTED), (_QUALIFIED,)),
        Move("disqualify", (_NEW, _CONTACTED), (("disqualified", "lost"), _DISQUALIFIED)),
        Move("reopen", (_QUALIFIED, _DISQUALIFIED), (_NEW,)),
        # Taken back: the call that was written down was none, so nobody has spoken to the lead yet.
        Move("renew", (_CONTACTED,), (_NEW,)),
    ),
    extensible=frozenset({"disqualified"}),
    labels={
        "open": _("Open"),
        "qualified": _("Qualified"),
        "disqualified": _("Disqualified"),
        "new": _("New"),
        "contacted": _("Contacted"),
        "lost": _("Lost"),
        "cannot_contact": _("Cannot contact"),
        "no_longer_interested": _("No longer interested"),
        "canceled": _("Canceled"),
    },
)


_PROPOSED, _READY, _LAUNCHED = ("proposed", "proposed"), ("ready", "ready"), ("launched", "launched")
_SUSPENDED, _COMPLETED = ("suspended", "suspended"), ("completed", "completed")
_CANCELED, _INACTIVE = ("canceled", "canceled"), ("inactive", "inactive")

CAMPAIGN_MACHINE = StateMachine(
    noun="campaign",
    reasons={
        "proposed": ("proposed",),
        "ready": ("ready",),
        "launched": ("launched",),
        "suspended": ("suspended",),
        "completed": ("completed",),
        "canceled": ("canceled",),
        "inactive": ("inactive",),
    },
    moves=(
        Move("prepare", (_PROPOSED,), (_READY,)),
        Move("launch", (_PROPOSED, _READY), (_LAUNCHED,)),
        Move("suspend", (_LAUNCHED,), (_SUSPENDED,)),
        Move("resume", (_SUSPENDED,), (_LAUNCHED,)),
        Move("complete", (_LAUNCHED, _SUSPENDED), (_COMPLETED,)),
        Move("cancel", (_PROPOSED, _READY, _LAUNCHED, _SUSPENDED), (_CANCELED,)),
        Move("deactivate", (_PROPOSED, _READY, _COMPLETED, _CANCELED), (_INACTIVE,)),
        Move("reopen", (_COMPLETED, _CANCELED, _INACTIVE), (_PROPOSED,)),
    ),
    labels={
        "proposed": _("Proposed"),
        "ready": _("Ready to launch"),
        "launched": _("Launched"),
        "suspended": _("Suspended"),
        "completed": _("Completed"),
        "canceled": _("Canceled"),
        "inactive": _("Inactive"),
    },
)

_OPEN, _CONVERTED, _LINKED = ("open", "open"), ("closed", "converted"), ("closed", "linked")
_NOTHING, _DROPPED = ("closed", "no_result"), ("canceled", "canceled")

RESPONSE_MACHINE = StateMachine(
    noun="campaign response",
    reasons={"open": ("open",), "closed": ("converted", "linked", "no_result"), "canceled": ("canceled",)},
    moves=(
        Move("convert", (_OPEN,), (_CONVERTED, _LINKED)),
        Move("close", (_OPEN,), (_NOTHING,)),
        Move("cancel", (_OPEN,), (_DROPPED,)),
        Move("reopen", (_NOTHING, _DROPPED), (_OPEN,)),
    ),
    labels={
        "open": _("Open"),
        "closed": _("Closed"),
        "converted": _("Converted"),
        "linked": _("Linked"),
        "no_result": _("Without result"),
        "canceled": _("Canceled"),
    },
)

LIST_MACHINE = StateMachine(
    noun="marketing list",
    reasons={"active": ("active",), "inactive": ("inactive",)},
    moves=(
        Move("deactivate", (("active", "active"),), (("inactive", "inactive"),)),
        Move("activate", (("inactive", "inactive"),), (("active", "active"),)),
    ),
    labels={"active": _("Active"), "inactive": _("Inactive")},
)

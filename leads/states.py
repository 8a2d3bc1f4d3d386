"""The life of a lead (rules: section 2)."""

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

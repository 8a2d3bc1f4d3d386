"""Accounts and contacts are active or inactive; an inactive one takes part in nothing new."""

from django.utils.translation import gettext_lazy as _

from crm.core.states import Move, StateMachine

_REASONS = {"active": ("active",), "inactive": ("inactive",)}
_MOVES = (
    Move("deactivate", (("active", "active"),), (("inactive", "inactive"),)),
    Move("activate", (("inactive", "inactive"),), (("active", "active"),)),
)
_LABELS = {"active": _("Active"), "inactive": _("Inactive")}

ACCOUNT_MACHINE = StateMachine(noun="account", reasons=_REASONS, moves=_MOVES, labels=_LABELS)
CONTACT_MACHINE = StateMachine(noun="contact", reasons=_REASONS, moves=_MOVES, labels=_LABELS)

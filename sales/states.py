"""The lives of opportunity, quote, order and invoice (rules: sections 5 to 8)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.core.states import ANY, Move, StateMachine


class OpportunityState(models.TextChoices):
    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


class QuoteState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    WON = "won", _("Won")
    CLOSED = "closed", _("Closed")


class OrderState(models.TextChoices):
    ACTIVE = "active", _("Active")
    FULFILLED = "fulfilled", _("Fulfilled")
    CANCELED = "canceled", _("Canceled")
    INVOICED = "invoiced", _("Invoiced")


class InvoiceState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ISSUED = "issued", _("Issued")
    PAID = "paid", _("Paid")
    CANCELED = "canceled", _("Canceled")


_IN_PROGRESS, _WAITING, _WON, _LOST = ("open", "in_progress"), ("open", "on_hold"), ("won", "won"), ("lost", ANY)

OPPORTUNITY_MACHINE = StateMachine(
    noun="opportunity",
    reasons={"open": ("in_progress", "on_hold"), "won": ("won",), "lost": ("canceled", "out_sold")},
    moves=(
        Move("hold", (_IN_PROGRESS,), (_WAITING,)),
        Move("resume", (_WAITING,), (_IN_PROGRESS,)),
        Move("win", (_IN_PROGRESS, _WAITING), (_WON,)),
        Move("lose", (_IN_PROGRESS, _WAITING), (("lost", "canceled"), _LOST)),
        Move("reopen", (_WON, _LOST), (_IN_PROGRESS,)),
    ),
    extensible=frozenset({"lost"}),
    labels={
        "open": _("Open"),
        "won": _("Won"),
        "lost": _("Lost"),
        "in_progress": _("In progress"),
        "on_hold": _("On hold"),
        "canceled": _("Canceled"),
        "out_sold": _("Out-sold"),
    },
)

_QUOTE_DRAFT, _QUOTE_ACTIVE, _QUOTE_WON = ("draft", "draft"), ("active", "active"), ("won", "won")
_QUOTE_LOST, _QUOTE_CANCELED, _QUOTE_REVISED, _QUOTE_EXPIRED = (
    ("closed", "lost"),
    ("closed", "canceled"),
    ("closed", "revised"),
    ("closed", "expired"),
)

QUOTE_MACHINE = StateMachine(
    noun="quote",
    reasons={
        "draft": ("draft",),
        "active": ("active",),
        "won": ("won",),
        "closed": ("lost", "canceled", "revised", "expired"),
    },
    moves=(
        Move("activate", (_QUOTE_DRAFT,), (_QUOTE_ACTIVE,)),
        Move("revise", (_QUOTE_ACTIVE, _QUOTE_LOST, _QUOTE_CANCELED, _QUOTE_EXPIRED), (_QUOTE_REVISED,)),
        Move("close", (_QUOTE_ACTIVE,), (_QUOTE_LOST, _QUOTE_CANCELED)),
        Move("cancel", (_QUOTE_DRAFT,), (_QUOTE_CANCELED,)),
        Move("expire", (_QUOTE_ACTIVE,), (_QUOTE_EXPIRED,)),
        Move("win", (_QUOTE_ACTIVE,), (_QUOTE_WON,)),
    ),
    labels={
        "draft": _("Draft"),
        "active": _("Active"),
        "won": _("Won"),
        "closed": _("Closed"),
        "lost": _("Lost"),
        "canceled": _("Canceled"),
        "revised": _("Revised"),
        "expired": _("Expired"),
    },
)

_NEW, _PENDING, _HELD = ("active", "new"), ("active", "pending"), ("active", "on_hold")
_COMPLETE, _PARTIAL = ("fulfilled", "complete"), ("fulfilled", "partial")
_ORDER_CANCELED, _INVOICED = ("canceled", "canceled"), ("invoiced", "invoiced")

ORDER_MACHINE = StateMachine(
    noun="order",
    reasons={
        "active": ("new", "pending", "on_hold"),
        "fulfilled": ("complete", "partial"),
        "canceled": ("canceled",),
        "invoiced": ("invoiced",),
    },
    moves=(
        Move("hold", (_NEW, _PENDING), (_HELD,)),
        Move("pend", (_NEW, _HELD), (_PENDING,)),
        Move("resume", (_PENDING, _HELD), (_NEW,)),
        Move("fulfill", (_NEW, _PENDING, _HELD), (_COMPLETE, _PARTIAL)),
        Move("complete", (_PARTIAL,), (_COMPLETE,)),
        Move("cancel", (_NEW, _PENDING, _HELD), (_ORDER_CANCELED,)),
        Move("invoice", (_NEW, _PENDING, _HELD, _COMPLETE, _PARTIAL), (_INVOICED,)),
        Move("uninvoice", (_INVOICED,), (_NEW, _COMPLETE, _PARTIAL)),
    ),
    labels={
        "active": _("Active"),
        "fulfilled": _("Fulfilled"),
        "canceled": _("Canceled"),
        "invoiced": _("Invoiced"),
        "new": _("New"),
        "pending": _("Pending"),
        "on_hold": _("On hold"),
        "complete": _("Complete"),
        "partial": _("Partial"),
    },
)

_INVOICE_DRAFT, _BILLED, _PARTLY_PAID = ("draft", "draft"), ("issued", "billed"), ("issued", "partially_paid")
_PAID, _INVOICE_CANCELED = ("paid", "paid"), ("canceled", "canceled")

INVOICE_MACHINE = StateMachine(
    noun="invoice",
    reasons={
        "draft": ("draft",),
        "issued": ("billed", "partially_paid"),
        "paid": ("paid",),
        "canceled": ("canceled",),
    },
    moves=(
        Move("issue", (_INVOICE_DRAFT,), (_BILLED, _PAID)),
        Move("pay", (_BILLED, _PARTLY_PAID), (_PAID, _PARTLY_PAID)),
        Move("reverse_payment", (_PAID, _PARTLY_PAID), (_BILLED, _PARTLY_PAID)),
        Move("cancel", (_INVOICE_DRAFT,), (_INVOICE_CANCELED,)),
    ),
    labels={
        "draft": _("Draft"),
        "issued": _("Issued"),
        "paid": _("Paid"),
        "canceled": _("Canceled"),
        "billed": _("Billed"),
        "partially_paid": _("Partially paid"),
    },
)

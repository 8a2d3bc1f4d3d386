"""The lives of a product and of a price list."""

from django.utils.translation import gettext_lazy as _

from crm.core.states import Move, StateMachine

PRODUCT_MACHINE = StateMachine(
    noun="product",
    reasons={
        "draft": ("draft",),
        "active": ("active",),
        "under_revision": ("under_revision",),
        "retired": ("retired",),
    },
    moves=(
        Move("publish", (("draft", "draft"), ("under_revision", "under_revision")), (("active", "active"),)),
        Move("revise", (("active", "active"),), (("under_revision", "under_revision"),)),
        Move("revert", (("under_revision", "under_revision"),), (("active", "active"),)),
        Move("retire", (("active", "active"),), (("retired", "retired"),)),
        Move("reactivate", (("retired", "retired"),), (("active", "active"),)),
    ),
    labels={
        "draft": _("Draft"),
        "active": _("Active"),
        "under_revision": _("Under revision"),
        "retired": _("Retired"),
    },
)

PRICE_LIST_MACHINE = StateMachine(
    noun="price list",
    reasons={"active": ("active",), "inactive": ("inactive",)},
    moves=(
        Move("deactivate", (("active", "active"),), (("inactive", "inactive"),)),
        Move("activate", (("inactive", "inactive"),), (("active", "active"),)),
    ),
    labels={"active": _("Active"), "inactive": _("Inactive")},
)

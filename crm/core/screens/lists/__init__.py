"""Lists: what their address means, their box, views, looks and bar, and one page of them."""

from crm.core.screens.lists.named_views import SystemView
from crm.core.screens.lists.selections import Selection, selection
from crm.core.screens.lists.view import ListView

__all__ = ["ListView", "Selection", "SystemView", "selection"]

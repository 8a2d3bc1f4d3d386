"""The five screens that every table declares its pages with, and the search.

`lists/` has what a list is made of, `history/` what became of a record, `palette/` the way from anywhere; beside them
stand the pages of one record: looking at it, editing, moving and deleting it, and what is drawn on each.
"""

from crm.core.screens.deletions import DeleteView
from crm.core.screens.details import DetailView
from crm.core.screens.edits import EditView
from crm.core.screens.lists import ListView, Selection, SystemView, selection
from crm.core.screens.searches import SearchView
from crm.core.screens.transitions import TransitionView

__all__ = [
    "DeleteView",
    "DetailView",
    "EditView",
    "ListView",
    "SearchView",
    "Selection",
    "SystemView",
    "TransitionView",
    "selection",
]

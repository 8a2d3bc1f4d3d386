"""The palette: from anywhere to a record, an act, a view or a new record, by keyboard."""

from crm.core.screens.palette.view import PaletteView

__all__ = ["PaletteView"]

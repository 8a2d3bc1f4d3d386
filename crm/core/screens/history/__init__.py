"""What became of a record, change by change, in words."""

from crm.core.screens.history.changes import (
    Change,
    Entry,
    changes_to,
    keep_silent,
    register,
    register_history_source,
    who_of,
)

__all__ = ["Change", "Entry", "changes_to", "keep_silent", "register", "register_history_source", "who_of"]

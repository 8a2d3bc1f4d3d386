"""How busy an address, a sender and a form have been lately. A sign of spam, never a refusal (`bounds` refuses)."""

import threading
from collections import Counter

from leads.capture.bounds import neighbourhood
from leads.capture.spam import Reason

_MINUTE = 60
_SPAN = 10
"""Minutes in which a sender is counted."""
MOST = {Reason.BUSY_ADDRESS: 30, Reason.BUSY_FORM: 300, Reason.BUSY_SENDER: 5}
"""From how many on something is busy: addresses and forms in a minute, senders in ten."""


class Pace:
    """Counts in this process and in whole minutes; what is kept never outgrows the posts of ten minutes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[Reason, tuple[int, Counter[str]]] = {}

    def note(self, *, address: str, sender: str, form_key: str, at: float) -> frozenset[Reason]:
        """Count this post, and say what is busier than usual; `at` in seconds."""
        minute = int(at // _MINUTE)
        noted = (
            (Reason.BUSY_ADDRESS, neighbourhood(address), minute),
            (Reason.BUSY_FORM, form_key[:100], minute),
            (Reason.BUSY_SENDER, sender, minute // _SPAN),
        )
        with self._lock:
            return frozenset(reason for reason, what, span in noted if what and self._counted(reason, what, span))

    def forget(self) -> None:
        with self._lock:
            self._counts.clear()

    def _counted(self, reason: Reason, what: str, span: int) -> bool:
        known_span, counts = self._counts.get(reason, (span, Counter()))
        if known_span != span:
            counts = Counter()
        counts[what] += 1
        self._counts[reason] = (span, counts)
        return counts[what] > MOST[reason]

"""How many posts a minute are taken from one address: to one form, and to all forms together."""

import ipaddress
import math
import threading
from collections import Counter

_MINUTE = 60
#: A server that hands on the forms of several websites posts from one address.
_FORMS_AT_ONCE = 5


class PostBounds:
    """Counts in this process and in whole minutes, so that what is kept never outgrows the posts of one minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute = 0
        self._counts: Counter[tuple[str, ...]] = Counter()

    def seconds_to_wait(self, *, address: str, form_key: str, limit: int, at: float) -> int:
        """0 if this post may come in, which counts it; `limit` is that of one form, 0 for none; `at` in seconds."""
        if not limit:
            return 0
        place = neighbourhood(address)
        with self._lock:
            self._turn(int(at // _MINUTE))
            one, every = (place, form_key[:100]), (place,)
            if self._counts[one] >= limit or self._counts[every] >= limit * _FORMS_AT_ONCE:
                return math.floor(_MINUTE - at % _MINUTE) + 1
            self._counts.update((one, every))
            return 0

    def forget(self) -> None:
        with self._lock:
            self._counts.clear()

    def _turn(self, minute: int) -> None:
        if minute != self._minute:
            self._minute = minute
            self._counts.clear()


def neighbourhood(address: str) -> str:
    """The address, and of an IPv6 one the 64 bits that one connection is given."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((int(found), 64), strict=False).network_address)

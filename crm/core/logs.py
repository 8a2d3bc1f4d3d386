"""Log lines carry the id of the request they belong to."""

import logging
import re
from contextvars import ContextVar

current_request_id: ContextVar[str] = ContextVar("current_request_id", default="-")


# Addresses that are keys: who reads the log must not be able to use them.
_KEYS_IN_ADDRESSES = re.compile(r"(/setup/|/password/reset/key/)[^/\s]+")


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id.get()
        return True


class SecretPathFilter(logging.Filter):
    """Takes the keys out of addresses that stand in a line."""

    def filter(self, record: logging.LogRecord) -> bool:
        line = record.getMessage()
        kept = _KEYS_IN_ADDRESSES.sub(r"\1…", line)
        if kept != line:
            record.msg, record.args = kept, ()
        return True

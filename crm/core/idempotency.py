"""A form sent twice takes effect once: the second answer is the first one again."""

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from crm.core.errors import Conflict
from crm.core.folding import storable
from crm.core.transactions import retried

FIELD = "idempotency_key"
KEPT_FOR = dt.timedelta(days=7)
_NOT_PART_OF_THE_REQUEST = {"csrfmiddlewaretoken", FIELD}

_models: list[type[models.Model]] = []


def register(model: type[models.Model]) -> None:
    """`crm.users` names its concrete key table here, in `AppConfig.ready()`."""
    _models[:] = [model]


def new_key() -> str:
    return get_random_string(32)


def run_once(request: HttpRequest, work: Callable[[], str]) -> str:
    """Run `work`, which gives the address of its result, unless this key has already brought a result.

    Key and result are written in the transaction of the work, so neither exists without the other; a second
    request with the same key waits for the first. The same key with other values is refused.
    """
    key = storable(request.POST.get(FIELD, ""))[:64]
    if not key:
        return retried(work)
    return retried(lambda: _first_or_again(request, key, work))


def _first_or_again(request: HttpRequest, key: str, work: Callable[[], str]) -> str:
    rows: Any = _models[0]._default_manager
    values = {"user_id": request.user.pk, "key": key, "request_hash": _hash(request)}
    # ON CONFLICT DO NOTHING waits for a concurrent holder of the key, then gives no row.
    rows.bulk_create([_models[0](**values)], ignore_conflicts=True)
    kept = rows.select_for_update().get(user_id=request.user.pk, key=key)
    if kept.request_hash != values["request_hash"]:
        raise Conflict(_("This form was already sent with other values. Reload the page before sending it again."))
    if not kept.result_url:
        kept.result_url = work()
        kept.save(update_fields=["result_url"])
    return str(kept.result_url)


def forget_old_keys(now: dt.datetime) -> int:
    """Nobody still has a form of last week open. Gives the number of forgotten keys."""
    rows: Any = _models[0]._default_manager
    return int(rows.filter(created_at__lt=now - KEPT_FOR).delete()[0])


def _hash(request: HttpRequest) -> str:
    parts = sorted((name, values) for name, values in request.POST.lists() if name not in _NOT_PART_OF_THE_REQUEST)
    return hashlib.sha256(repr((request.path, parts)).encode()).hexdigest()

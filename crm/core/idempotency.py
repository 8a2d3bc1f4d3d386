"""A form sent twice takes effect once: the second answer is the first one again."""

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

from django.db import connection, models
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
    person: Any = request.user
    request_hash, user_id = _hash(request), person.pk
    rows: Any = _models[0]._default_manager.filter(user_id=user_id, key=key)
    if not _take(user_id, key, request_hash):
        kept = rows.select_for_update().get()
        if kept.request_hash != request_hash:
            raise Conflict(_("This form was already sent with other values. Reload the page before sending it again."))
        if kept.result_url:
            return str(kept.result_url)
    url = work()
    rows.update(result_url=url)
    return url


def _take(user_id: int, key: str, request_hash: str) -> bool:
    """Is the key new? ON CONFLICT DO NOTHING waits for a concurrent holder of it, then gives no row."""
    table = connection.ops.quote_name(_models[0]._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (user_id, key, request_hash, result_url) VALUES (%s, %s, %s, '')"  # noqa: S608 - the name of our own table
            " ON CONFLICT DO NOTHING RETURNING id",
            [user_id, key, request_hash],
        )
        return cursor.fetchone() is not None


def forget_old_keys(now: dt.datetime) -> int:
    """Nobody still has a form of last week open. Gives the number of forgotten keys."""
    rows: Any = _models[0]._default_manager
    return int(rows.filter(created_at__lt=now - KEPT_FOR).delete()[0])


def _hash(request: HttpRequest) -> str:
    parts = sorted((name, values) for name, values in request.POST.lists() if name not in _NOT_PART_OF_THE_REQUEST)
    return hashlib.sha256(repr((request.path, parts)).encode()).hexdigest()

"""A migrated database of its own for a measurement: embedded, in a temporary folder, gone at the end."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django


@contextmanager
def throwaway_database(*, durable: bool = False) -> Iterator[str]:
    """Set Django up on it, lay the foundations, and give its address. `durable`: every commit waits for the disk."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    # What stands on models can be imported only now.
    from django.db import connections  # noqa: PLC0415

    from crm.core.foundations import lay_foundations  # noqa: PLC0415
    from crm.hosting.database_url import database_from_url  # noqa: PLC0415
    from tests.database import OwnServer  # noqa: PLC0415

    server = OwnServer(fresh=False)
    try:
        if durable:
            server.care_for_data()
        url = server.new_database("bench")
        settings: Any = connections["default"].settings_dict
        settings.update(database_from_url(url, pooled=False))
        lay_foundations()
        yield url
    finally:
        connections.close_all()
        server.close()

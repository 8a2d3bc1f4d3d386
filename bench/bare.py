"""What is measured beside the capture: a server that does nothing but one durable INSERT for each request."""

import os
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

from psycopg_pool import ConnectionPool

TABLE = "bench_bare"
_pool = ConnectionPool(os.environ.get("DATABASE_URL", ""), min_size=4, max_size=4, open=False)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ["REQUEST_METHOD"] == "POST":
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        fields = dict(parse_qsl(body.decode()))
        _pool.open()
        with _pool.connection() as connection:
            connection.execute(
                f"INSERT INTO {TABLE} (last_name, email, company) VALUES (%s, %s, %s)",  # a name of our own
                [fields["last_name"], fields["email"], fields["company"]],
            )
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]

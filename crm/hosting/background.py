"""Everything else that runs in children: preparing the database, task workers, the schedule."""

import logging
import os
import threading
import time
import traceback
from collections.abc import Callable

import psycopg
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command, get_commands
from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

SCHEDULE_COMMAND = "run_schedule"
_FOUNDATIONS_COMMAND = "lay_foundations"
_DEMO_COMMAND = "demo"
_LINK_COMMAND = "setup_link"
_POLL_SECONDS = 1.0
_SCHEDULE_SECONDS = 60.0


def has_schedule() -> bool:
    return SCHEDULE_COMMAND in get_commands()


def prepare(*, demo: bool) -> None:
    """Bring the database up to this version of the product; with `demo`, fill it."""
    _refuse_unreachable_server()
    _migrate()
    if _FOUNDATIONS_COMMAND in get_commands():
        call_command(_FOUNDATIONS_COMMAND)
    if not demo:
        return
    if _DEMO_COMMAND not in get_commands():
        raise SystemExit("This version has no demonstration data: start it without --demo.")
    try:
        call_command(_DEMO_COMMAND)
    except CommandError as refusal:
        # The company is loaded already, or real data is: say so, and start all the same.
        print(refusal, flush=True)


def _refuse_unreachable_server() -> None:
    """At once and with the server's own reason, where the pool would wait and then only say that it waited."""
    try:
        psycopg.connect(**connection.get_connection_params()).close()
    except psycopg.OperationalError as error:
        raise SystemExit(f"The database server cannot be used: {_first_line(error)}") from error


def _migrate() -> None:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    connection.close()
    if missing:
        print(f"Preparing the database: {len(missing)} steps.", flush=True)
        call_command("migrate", interactive=False, verbosity=0)


def offer_setup_link() -> None:
    """While nobody can sign in, print the link that makes the first administrator."""
    if _LINK_COMMAND in get_commands() and not get_user_model()._default_manager.exists():
        print("Nobody can sign in yet. Open this link once to make the first administrator:", flush=True)
        call_command(_LINK_COMMAND)


def work(queue: str) -> None:
    """Run the tasks of one queue, one after the other, until a signal; a running task is finished first."""
    logging.getLogger("django_tasks_db").setLevel(logging.ERROR)  # a stop is nothing to warn about
    logging.getLogger("django.tasks").setLevel(logging.WARNING)  # else two lines for each task
    worker = Worker(
        queue_names=[queue],
        interval=_POLL_SECONDS,
        batch=False,
        backend_name="default",
        startup_delay=True,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    )
    worker.configure_signals()
    worker.run()


def work_and_keep_schedule(queue: str) -> None:
    """The same, and start due tasks each minute. Both in one process, for another would take some 20 MB more."""
    threading.Thread(target=_keep_schedule, daemon=True).start()
    work(queue)


def _keep_schedule() -> None:
    try:
        while True:
            _look_into_schedule()
            close_old_connections()
            time.sleep(_SCHEDULE_SECONDS)
    except BaseException:
        traceback.print_exc()
        os._exit(1)  # the supervisor starts the process again, and both with it


def _look_into_schedule() -> None:
    """A database that is away for a while is no reason to end."""
    try:
        call_command(SCHEDULE_COMMAND, once=True)
    except DatabaseError as error:
        logging.getLogger(__name__).warning("The schedule cannot be read: %s", _first_line(error))


def quietly(target: Callable[[], None]) -> Callable[[], None]:
    """A lost database and a command's refusal are named in one line instead of many."""

    def run() -> None:
        logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
        try:
            target()
        except CommandError as refusal:
            raise SystemExit(str(refusal)) from refusal
        except (OperationalError, InterfaceError) as error:
            raise SystemExit(f"The database cannot be used: {_first_line(error)}") from error

    return run


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]

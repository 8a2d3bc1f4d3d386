"""`manage.py run_schedule`: starts due tasks each minute, until it is asked to stop."""

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from crm.core.work import run_due_schedules

_EVERY_SECONDS = 60.0

_log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Start due tasks each minute. Several may run at once; each start happens once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="look once and end")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            run_due_schedules(timezone.now())
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            self._look()
            stop.wait(_EVERY_SECONDS)

    def _look(self) -> None:
        """A database that is away for a while is no reason to end."""
        close_old_connections()
        try:
            run_due_schedules(timezone.now())
        except DatabaseError as error:
            _log.warning("The schedule cannot be read: %s", error)

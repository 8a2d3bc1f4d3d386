"""Start everything with one command."""

import argparse
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.hosting import background, web
from crm.hosting.embedded import FAST_SHUTDOWN, EmbeddedServer
from crm.hosting.errors import HostingError
from crm.hosting.forking import fork, load_for_children
from crm.hosting.lock import HomeLock
from crm.hosting.place import known_place, prepared_place
from crm.hosting.processes import keep_one_heap
from crm.hosting.supervisor import Part, StopAskedError, Supervisor

_DATABASE, _TASKS, _WEB = range(3)
_PATIENCE = 60.0


class Command(BaseCommand):
    help = "Start the database, the web server and the background work, and keep them running."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="fill an empty database with a believable company")
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
        parser.add_argument("--port", type=_port, default=8000, help="port to listen on (default: %(default)s)")
        parser.add_argument("--workers", type=_count, default=2, help="web processes (default: %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            _Start(options["host"], options["port"], options["workers"], demo=options["demo"]).run()
        except HostingError as error:
            raise CommandError(str(error)) from error


class _Start:
    """One start of the product, from the lock to the last process's end."""

    def __init__(self, host: str, port: int, workers: int, *, demo: bool) -> None:
        self._host = host
        self._port = port
        self._workers = workers
        self._demo = demo
        self._home = Path(settings.HOME)
        self._supervisor = Supervisor(self._home / "up.json", say=_say)

    def run(self) -> None:
        lock = HomeLock(self._home)
        lock.acquire()
        self._supervisor.end_leftovers()
        web.refuse_unusable_port(self._host, self._port)
        server = self._embedded_server()
        self._supervisor.take_charge()
        keep_one_heap()
        web.make_static_folder()
        # Not the application itself: it limits how long statements may take, which holds for pages, not for migrations
        # and tasks.
        load_for_children(settings.ROOT_URLCONF, "psycopg_pool")
        try:
            self._start_parts(server)
            while True:
                self._supervisor.watch(_PATIENCE)
        except StopAskedError:
            _say("Stopping.")
        finally:
            self._supervisor.stop()
            lock.release()

    def _embedded_server(self) -> EmbeddedServer | None:
        """The server to start; None with a DATABASE_URL. Begins anew where the settings need it."""
        configured = settings.DATABASES["default"]
        embedded = configured["HOST"] == str(known_place(self._home).run)
        server = EmbeddedServer(prepared_place(self._home), say=_say) if embedded else None
        begin_anew = self._correct_base_url()
        if server and not server.is_initialised:
            _say("Making the database.")
            server.initialise()
            begin_anew = True
        if begin_anew:
            _replace_this_process()
        return server

    def _correct_base_url(self) -> bool:
        """Links and allowed hosts follow the address on the command line unless told otherwise.

        True when the settings have to be read again; another port of the same host changes too little for that.
        """
        base_url = web.address(self._host, self._port)
        given = {"BASE_URL", "BASE_URL_FILE"} & os.environ.keys()
        if given or base_url == settings.BASE_URL:
            return False
        os.environ["BASE_URL"] = base_url
        if urlsplit(base_url).hostname != urlsplit(settings.BASE_URL).hostname:
            return True
        settings.BASE_URL = base_url
        settings.CSRF_TRUSTED_ORIGINS = [base_url]
        return False

    def _start_parts(self, server: EmbeddedServer | None) -> None:
        if server:
            pid = server.start()
            database = Part("database", server.start, _DATABASE, stop=FAST_SHUTDOWN, recorded=False)
            self._supervisor.adopt(database, pid)
            server.wait_until_ready(self._supervisor.pause)
        if self._run_in_child(partial(background.prepare, demo=self._demo)):
            raise HostingError("The database could not be prepared.")
        for part in self._parts():
            self._supervisor.start(part)
        self._wait_for_answer()
        _say(f"Throughline is running at {web.address(self._host, self._port)}/ (Ctrl-C stops it).")
        if self._run_in_child(background.offer_setup_link):
            _say("The set-up link could not be made.")

    def _parts(self) -> list[Part]:
        serve = partial(web.serve, self._host, self._port, self._workers)
        short = background.work_and_keep_schedule if background.has_schedule() else background.work
        targets: list[tuple[str, Callable[[], None], int]] = [
            ("worker for short tasks", partial(short, "default"), _TASKS),
            ("worker for long tasks", partial(background.work, "long"), _TASKS),
            ("web server", serve, _WEB),
        ]
        return [Part(name, partial(fork, background.quietly(target)), layer) for name, target, layer in targets]

    def _run_in_child(self, target: Callable[[], None]) -> int:
        """The exit code. This process never talks to the database, so that its forks share no connection."""
        return self._supervisor.run_to_end(fork(background.quietly(target)))

    def _wait_for_answer(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not web.answers(self._host, self._port):
            if time.monotonic() > deadline:
                _say("The web server does not answer yet; the lines above may tell why.")
                return
            self._supervisor.watch(0.05)


def _replace_this_process() -> None:
    """Start this command line again in the same process, for settings are read once."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def _say(sentence: str) -> None:
    """In one piece, for other processes write to the same console."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def _port(text: str) -> int:
    return _number(text, 65535)


def _count(text: str) -> int:
    return _number(text, 64)


def _number(text: str, largest: int) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= largest):
        raise argparse.ArgumentTypeError(f"must be a number from 1 to {largest}")
    return int(text)

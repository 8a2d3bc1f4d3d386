"""Child processes that go on in this program instead of loading it again.

A forked child shares the memory of everything already imported and is at work at once.
"""

import gc
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module

import psutil
from django.apps import apps
from django.core.wsgi import get_wsgi_application
from django.urls import NoReverseMatch, reverse

from crm.hosting.processes import parent_death_signal

_RESET = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def load_for_children(*modules: str) -> None:
    """Import what the children use and work out what else would be worked out in each of them, then keep it shared.

    An app that keeps tables of its own says so in its `warm_up`.
    """
    for module in modules:
        import_module(module)
    get_wsgi_application()  # loads what stands around the pages
    for model in apps.get_models(include_auto_created=True):
        model._meta.get_fields()
        _fields = model._meta.fields_map
    with suppress(NoReverseMatch):
        reverse("")  # the addresses are read with the first that is asked for
    for config in apps.get_app_configs():
        getattr(config, "warm_up", bool)()
    gc.collect()
    gc.freeze()  # what is collected again and again is copied into each child


def fork(target: Callable[[], object]) -> int:
    """Run `target` in a child that leads its own session and ends with its parent; gives its number.

    The exit code is 0, what `SystemExit` carries, or 1 after any other exception, which is printed.
    """
    arrange = parent_death_signal(signal.SIGTERM)
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setsid()
        for number in _RESET:
            signal.signal(number, signal.SIG_DFL)
        arrange()
        code = _exit_code(target)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        # Never back into the frames of the parent, whose clean-up is not this process's to do.
        os._exit(code)


def reap(pid: int) -> int | None:
    """The exit code of a child that has ended, negative for a signal; None while it runs."""
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return 0
    return os.waitstatus_to_exitcode(status) if ended else None


def ended_children() -> Iterator[tuple[int, int]]:
    """Number and exit code of every child that has ended since the last call, also of orphans taken in."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        yield pid, os.waitstatus_to_exitcode(status)


def reap_all(patience: float) -> None:
    """Wait until no child is left, up to so many seconds, then kill those that are."""
    deadline = time.monotonic() + patience
    this_process = psutil.Process()
    while list(ended_children()) or this_process.children():
        if time.monotonic() > deadline:
            for child in this_process.children(recursive=True):
                child.kill()
        time.sleep(0.02)


def _exit_code(target: Callable[[], object]) -> int:
    try:
        target()
    except SystemExit as leaving:
        if isinstance(leaving.code, str):
            print(leaving.code, file=sys.stderr)
            return 1
        return leaving.code or 0
    except BaseException:  # nothing above could report it
        traceback.print_exc()
        return 1
    return 0

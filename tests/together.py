"""Threads that start at the same moment, each with a database connection of its own."""

import threading
from collections.abc import Callable, Iterable

from django.db import connection


def at_once[T](works: Iterable[Callable[[], T]]) -> list[T | Exception]:
    """Run all works at the same time and give what each brought, in their order: a result or its exception.

    The test must be marked `django_db(transaction=True)`, so that threads see what it wrote.
    """
    todo = list(works)
    barrier = threading.Barrier(len(todo))
    answers: dict[int, T | Exception] = {}

    def run(number: int, work: Callable[[], T]) -> None:
        barrier.wait()
        try:
            answers[number] = work()
        except Exception as error:  # the test looks at it
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(todo)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[number] for number in range(len(todo))]

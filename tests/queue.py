"""What waits in the queue of tasks, done at once."""

from django_tasks_db.models import DBTaskResult


def work_off() -> int:
    """Do what waits, as a worker would, and give how many tasks that were. What a task raises is raised here."""
    waiting = list(DBTaskResult.objects.ready())
    for row in waiting:
        row.claim("test")
        result = row.task_result
        row.set_successful(row.task.call(*result.args, **result.kwargs))
    return len(waiting)

"""Named hooks that a service calls inside its transaction, so that an app above can add its part.

An app declares a `Reaction` beside the service that runs it; apps above register functions in
`AppConfig.ready()`. They run in the order of `position`, then of their names, and may refuse.
"""

from collections.abc import Callable


class Reaction[**P]:
    """`completed = Reaction[[Activity, Actor]]("activity.completed")`, then `completed.run(activity, actor)`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._functions: dict[str, tuple[int, Callable[P, None]]] = {}

    def register(self, function: Callable[P, None], *, position: int = 100) -> None:
        self._functions[f"{function.__module__}.{function.__qualname__}"] = (position, function)

    def run(self, *args: P.args, **kwargs: P.kwargs) -> None:
        for _name, (_position, function) in sorted(self._functions.items(), key=lambda item: (item[1][0], item[0])):
            function(*args, **kwargs)

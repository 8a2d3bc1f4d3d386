import pytest

from crm.core.errors import Conflict
from crm.core.reactions import Reaction


def test_functions_run_in_the_order_of_position_then_name() -> None:
    ran: list[str] = []
    happened = Reaction[[str]]("something.happened")

    def beta(what: str) -> None:
        ran.append(f"beta {what}")

    def alpha(what: str) -> None:
        ran.append(f"alpha {what}")

    def first(what: str) -> None:
        ran.append(f"first {what}")

    happened.register(beta)
    happened.register(alpha)
    happened.register(first, position=1)
    happened.run("x")
    assert ran == ["first x", "alpha x", "beta x"]


def test_registering_again_changes_nothing() -> None:
    ran: list[int] = []
    happened = Reaction[[]]("something.happened")

    def once() -> None:
        ran.append(1)

    happened.register(once)
    happened.register(once)
    happened.run()
    assert ran == [1]


def test_a_function_may_refuse() -> None:
    happened = Reaction[[]]("something.happened")

    def refuse() -> None:
        raise Conflict("Not while the moon is full.")

    happened.register(refuse)
    with pytest.raises(Conflict, match="moon"):
        happened.run()

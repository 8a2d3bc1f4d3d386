"""The drawn state machines are those of the code."""

from django.core.management import call_command


def test_the_state_diagrams_are_fresh() -> None:
    call_command("draw_states", check=True)

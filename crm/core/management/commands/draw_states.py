"""`manage.py draw_states`: the state diagrams in `docs/states.md`, drawn from the machines in the code."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from crm.core.states import ANY, Move, StateMachine, StateModel

_FILE = Path(settings.BASE_DIR) / "docs" / "states.md"
_HEAD = "# States\n\nDrawn from the code by `manage.py draw_states`; do not edit by hand.\n"


class Command(BaseCommand):
    help = "Write docs/states.md from the state machines. With --check, fail when the file is out of date."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        drawn = state_diagrams()
        if not options["check"]:
            _FILE.write_text(drawn, encoding="utf-8")
        elif not _FILE.exists() or _FILE.read_text(encoding="utf-8") != drawn:
            raise CommandError("docs/states.md is out of date. Run: uv run manage.py draw_states")


def state_diagrams() -> str:
    machines = {
        model.machine.noun: model.machine
        for model in apps.get_models()
        if issubclass(model, StateModel) and hasattr(model, "machine")
    }
    return "\n".join([_HEAD, *(_diagram(machines[noun]) for noun in sorted(machines))])


def _diagram(machine: StateMachine) -> str:
    """Mermaid: states as nodes, moves as arrows, reasons in a table below."""
    state, _reason = machine.initial
    lines = [f"## {machine.noun.capitalize()}", "", "```mermaid", "stateDiagram-v2", f"    [*] --> {state}"]
    lines += sorted({line for move in machine.moves for line in _arrows(move)})
    lines += ["```", "", "| State | Reasons |", "|---|---|"]
    for name, reasons in machine.reasons.items():
        more = ", and those that administrators add" if name in machine.extensible else ""
        lines.append(f"| {name} | {', '.join(reasons)}{more} |")
    return "\n".join([*lines, ""])


def _arrows(move: Move) -> set[str]:
    return {
        f"    {source} --> {target}: {move.name}{_reasons(move, source, target)}"
        for source, _s in move.sources
        for target, _t in move.targets
    }


def _reasons(move: Move, source: str, target: str) -> str:
    """Within one state the reasons are the move."""
    if source != target:
        return ""
    before = [reason for state, reason in move.sources if state == source and reason != ANY]
    after = [reason for state, reason in move.targets if state == target and reason != ANY]
    return f" ({', '.join(before)} to {', '.join(after)})" if before and after else ""

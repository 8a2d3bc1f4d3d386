"""The reasons offered for a state: those of the machine and those that administrators added."""

from crm.core.models import StatusReason
from crm.core.states import StateMachine


def reasons_for(machine: StateMachine, state: str) -> list[tuple[str, str]]:
    added = StatusReason.objects.filter(noun=machine.noun, state=state, is_active=True)
    return machine.reason_choices(state) + [(reason.key, reason.label) for reason in added]

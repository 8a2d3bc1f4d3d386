"""Who owns a record stands in three columns, which agree."""

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from crm.core.invariants import Check, Faults, faults_by, register_check, table
from crm.users.models import OwnedModel, Team, User


def _in_another_unit() -> Faults:
    for model in apps.get_models():
        if issubclass(model, OwnedModel):
            yield from faults_by(
                model,
                f"SELECT one.id FROM {table(model)} AS one"  # noqa: S608 - names of our own tables
                f" LEFT JOIN {table(User)} AS person ON person.id = one.owner_id"
                f" LEFT JOIN {table(Team)} AS team ON team.id = one.owner_team_id"
                " WHERE one.owning_unit_id IS DISTINCT FROM COALESCE(person.business_unit_id, team.business_unit_id)",
            )


def register() -> None:
    register_check(
        Check(
            name="users.owning_unit",
            sentence=_("Records that stand in another business unit than their owner."),
            find=_in_another_unit,
        )
    )

"""Who owns a record: owner, team and business unit change together."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from crm.core.access import ASSIGN, lock_for
from crm.core.actors import Actor
from crm.core.bulk import update_rows
from crm.core.errors import Invalid
from crm.core.reactions import Reaction
from crm.core.transactions import service
from crm.users.models import OwnedModel, Team, User
from crm.users.services.notifications import tell_assigned
from crm.users.services.receivers import check_person

assigned = Reaction[[Any]]("record.assigned")
owner_moved = Reaction[[User | Team]]("owner.moved")


def owner_fields(owner: User | Team) -> dict[str, Any]:
    """The three columns for a new record: `Lead(**owner_fields(user), …)`."""
    if isinstance(owner, Team):
        return {"owner": None, "owner_team": owner, "owning_unit_id": owner.business_unit_id}
    return {"owner": owner, "owner_team": None, "owning_unit_id": owner.business_unit_id}


def same_owner(record: Any) -> dict[str, Any]:
    """The three columns copied from another record, for what is made out of it."""
    return {
        "owner_id": record.owner_id,
        "owner_team_id": record.owner_team_id,
        "owning_unit_id": record.owning_unit_id,
    }


@service("record.assigned")
def assign_record(
    *, model: type[OwnedModel], record_id: int, owner: User | Team, actor: Actor, at: dt.datetime
) -> OwnedModel:
    """Give the record to another user or owner team. Closed records may be assigned too.

    A person needs a role that reads the table.
    """
    record = lock_for(model, record_id, actor, ASSIGN)
    check_owner(owner, model)
    is_news = record.owner_id != owner.pk
    give_records(model, [record], owner)
    if is_news:
        tell_assigned(records=[record], owner=owner, actor=actor, at=at)
    return record


def check_owner(owner: User | Team, model: type[OwnedModel]) -> None:
    """`Invalid` for one who cannot own records of this table."""
    if isinstance(owner, User):
        check_person(owner, model, field="owner")
    elif owner.kind != Team.Kind.OWNER:
        raise Invalid(_("This team only receives shares; it cannot own records."), field="owner_team")


def give_records(model: type[OwnedModel], records: Sequence[Any], owner: User | Team) -> None:
    """Records of one table, which the caller has locked and may assign, to a checked owner. One statement for all."""
    columns = owner_fields(owner)
    model._base_manager.filter(pk__in=[record.pk for record in records]).update(**columns)
    for record in records:
        _tell(record, columns)


def give_each(model: type[OwnedModel], records: Sequence[Any], owners: Mapping[int, User | Team]) -> None:
    """As `give_records`, to one owner for each key."""
    write_owners(model, {record.pk: owners[record.pk] for record in records})
    for record in records:
        _tell(record, owner_fields(owners[record.pk]))


def write_owners(model: type[OwnedModel], owners: Mapping[int, User | Team]) -> None:
    """Only the columns, for one who gives them back at once: nobody hears of it."""
    given = {key: owner_fields(owner) for key, owner in owners.items()}
    rows = {
        key: [one["owner"] and one["owner"].pk, one["owner_team"] and one["owner_team"].pk, one["owning_unit_id"]]
        for key, one in given.items()
    }
    update_rows(model, ["owner", "owner_team", "owning_unit"], rows)


def _tell(record: Any, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        setattr(record, name, value)
    assigned.run(record)


def follow_owner(owner: User | Team) -> None:
    """After its owner has moved to another business unit, everything owned moves along, the bin included."""
    column = "owner_team" if isinstance(owner, Team) else "owner"
    for model in apps.get_models():
        if issubclass(model, OwnedModel):
            rows = model.with_bin.filter(**{column: owner}).exclude(owning_unit_id=owner.business_unit_id)
            rows.update(owning_unit_id=owner.business_unit_id)
    owner_moved.run(owner)

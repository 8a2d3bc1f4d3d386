"""The drafts of one block become records: new ones set by set, changed ones through the service of their noun."""

import zlib
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, models, transaction
from django.db.models import CheckConstraint, UniqueConstraint
from django.utils.translation import gettext as _

from crm.core import history
from crm.core.custom.writing import VALUES
from crm.core.errors import Refusal
from crm.core.inserting import insert_records, take_keys
from crm.data.importing.drafts import SAME, UPDATED, Draft
from crm.data.importing.engine import Engine
from crm.data.importing.notes import note, note_extras
from crm.data.importing.targets import CUSTOM_PREFIX, EXTERNAL_ID, OWNER
from crm.data.models import ExternalId

_LOCKS = 0x1A9


def write_block(engine: Engine, drafts: Sequence[Draft], meanwhile: Callable[[], None]) -> None:
    """Examine and write one block that has been read, in the transaction of the caller.

    Two imports of the same noun take turns by blocks, so that each sees what the other has made. From when `meanwhile`
    is called until the transaction has ended, this process mostly waits.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)", [_LOCKS, zlib.crc32(engine.run.noun.encode()) & 0x7FFFFFFF]
        )
    run, model = engine.run, engine.importer.model
    about = f"data.import:{run.pk}"
    with history.action(f"{model._meta.model_name}.imported", actor=engine.actor, about=about):
        engine.examine(drafts)
        _insert(engine, [draft for draft in drafts if draft.is_new], meanwhile)
        changes = find_changes(engine, drafts)
        for draft in drafts:
            if draft.outcome == UPDATED and not draft.problems:
                _update(engine, draft, *changes[draft.line])
        _keep_external_ids(model, drafts)
        note(run, drafts, model, is_rehearsal=False)


def _insert(engine: Engine, drafts: Sequence[Draft], meanwhile: Callable[[], None]) -> None:
    """All at once; where the database refuses one of them, one by one."""
    if not drafts:
        return
    try:
        with transaction.atomic():
            _insert_all(engine, drafts, meanwhile)
    except IntegrityError as error:
        if len(drafts) == 1:
            drafts[0].fail(_sentence(engine.importer.model, error))
            return
        for draft in drafts:
            _insert(engine, [draft], meanwhile)


def _insert_all(engine: Engine, drafts: Sequence[Draft], meanwhile: Callable[[], None]) -> None:
    importer, work, records = engine.importer, engine.work, [draft.record for draft in drafts]
    importer.number(drafts, work)
    take_keys(records)
    meanwhile()
    insert_records(records)
    for draft in drafts:
        draft.object_id = draft.record.pk
        draft.version = 1 if hasattr(draft.record, "version") else None
    lines = {draft.record.pk: draft.line for draft in drafts}
    made = importer.after(drafts, work)
    note_extras(engine.run, ((lines.get(getattr(one, "imported_with", 0), 0), one, "") for one in made))


def _sentence(model: type[models.Model], error: IntegrityError) -> str:
    """What the constraint that refuses says of itself."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
    for constraint in model._meta.constraints:
        if constraint.name == name and isinstance(constraint, CheckConstraint | UniqueConstraint):
            return str(constraint.violation_error_message)
    return _("The values of this row do not fit together.")


def find_changes(engine: Engine, drafts: Sequence[Draft]) -> dict[int, tuple[Any, dict[str, Any]]]:
    """By line the record that a row would update, and what differs. Records that say the same already are told so."""
    updating = [draft for draft in drafts if draft.outcome == UPDATED and not draft.problems]
    there = engine.importer.model._default_manager.in_bulk([draft.object_id for draft in updating])
    found: dict[int, tuple[Any, dict[str, Any]]] = {}
    for draft in updating:
        record = there.get(draft.object_id)
        if record is None:
            draft.fail(_("The record is no longer there."))
            continue
        left_alone = {EXTERNAL_ID, OWNER, engine.run.update_by}
        given = {name: value for name, value in draft.values.items() if name not in left_alone}
        changed = changed_values(engine, record, given)
        if changed:
            found[draft.line] = (record, changed)
        else:
            draft.outcome = SAME
    return found


def _update(engine: Engine, draft: Draft, record: Any, changed: dict[str, Any]) -> None:
    """Only what differs is written, by the service of the noun."""
    model, importer = engine.importer.model, engine.importer
    draft.before = _before(engine, record, changed)
    try:
        with transaction.atomic():
            importer.update(record.pk, changed, engine.actor, engine.work.at)
    except Refusal as refusal:
        draft.fail(refusal.sentence, target=getattr(refusal, "field", ""))
        return
    except IntegrityError as error:
        draft.fail(_sentence(model, error))
        return
    draft.version = version_of(model, record.pk)


def version_of(model: type[models.Model], pk: int) -> int | None:
    """None for tables that count no versions."""
    if not any(column.name == "version" for column in model._meta.concrete_fields):
        return None
    return model._base_manager.values_list("version", flat=True).filter(pk=pk).first()


def changed_values(engine: Engine, record: Any, given: dict[str, Any]) -> dict[str, Any]:
    """Values as the service of the noun takes them: records for references, added fields under one name."""
    changed: dict[str, Any] = {}
    for name, value in given.items():
        target = engine.targets[name]
        if target.definition is not None:
            if record.custom.get(name.removeprefix(CUSTOM_PREFIX)) != value:
                changed.setdefault(VALUES, {})[name.removeprefix(CUSTOM_PREFIX)] = value
        elif target.attribute and getattr(record, target.attribute) != value:
            changed[name] = _as_record(target, value)
    return changed


def _as_record(target: Any, value: Any) -> Any:
    return target.related._default_manager.get(pk=value) if target.is_lookup and value is not None else value


def _before(engine: Engine, record: Any, changed: dict[str, Any]) -> dict[str, Any]:
    """What the update replaces, in the shape in which the service takes it again; references as keys."""
    kept = {name: getattr(record, engine.targets[name].attribute) for name in changed if name != VALUES}
    if VALUES in changed:
        kept[VALUES] = {key: record.custom.get(key) for key in changed[VALUES]}
    return kept


def _keep_external_ids(model: type[models.Model], drafts: Sequence[Draft]) -> None:
    kind = ContentType.objects.get_for_model(model)
    rows = [
        ExternalId(content_type=kind, key=draft.values[EXTERNAL_ID], object_id=draft.object_id)
        for draft in drafts
        if draft.values.get(EXTERNAL_ID) and draft.object_id and not draft.problems
    ]
    ExternalId.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["content_type", "key"], update_fields=["object_id"]
    )

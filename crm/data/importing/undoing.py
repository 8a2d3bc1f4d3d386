"""Taking an import back: what it made goes, what it changed is as before. What was touched since stays."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from crm.core import history
from crm.core.errors import Refusal
from crm.core.models import TRACKED
from crm.data.importing.registry import Importer
from crm.data.importing.targets import Target
from crm.data.importing.writing import version_of
from crm.data.models import ExternalId, Import, ImportRow

_OUTCOME = ImportRow.Outcome
BLOCK = 1_000


def undo_block(run: Import, importer: Importer, targets: Mapping[str, Target], actor: Any, at: Any) -> int:
    """The next rows, the last ones first, in the transaction of the caller. Gives their number, 0 when none is left."""
    left = run.lines.filter(is_rehearsal=False, outcome__in=[_OUTCOME.NEW, _OUTCOME.UPDATED])
    rows = list(left.filter(is_extra=False).order_by("-line")[:BLOCK])
    if not rows:
        # What several rows share goes when they are gone.
        rows = list(left.filter(is_extra=True, line=0).select_related("content_type").order_by("-pk")[:BLOCK])
    if not rows:
        return 0
    about = f"data.import:{run.pk}"
    with history.action(f"{importer.model._meta.model_name}.import_undone", actor=actor, about=about):
        made = [row for row in rows if row.outcome == _OUTCOME.NEW]
        for model in {_model_of(row) for row in made}:
            _take_away(run, importer, model, [row for row in made if _model_of(row) is model])
        for row in rows:
            if row.outcome == _OUTCOME.UPDATED:
                _restore(row, importer, targets, actor, at)
    _keep_outcomes(rows)
    return len(rows)


def _keep_outcomes(rows: Iterable[ImportRow]) -> None:
    """One statement for all rows of which the same is told."""
    told: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        told.setdefault((row.outcome, row.reason), []).append(row.pk)
    for (outcome, reason), keys in told.items():
        ImportRow.objects.filter(pk__in=keys).update(outcome=outcome, reason=reason)


def _model_of(row: ImportRow) -> type[models.Model]:
    found = ContentType.objects.get_for_id(row.content_type_id or 0).model_class()
    assert found is not None  # noqa: S101 - the table of a record that was made
    return found


def _take_away(run: Import, importer: Importer, model: type[models.Model], rows: Sequence[ImportRow]) -> None:
    keys = [row.object_id for row in rows]
    extras = _Extras(run, [row.line for row in rows if row.line])
    there = _locked_versions(model, keys)
    held = _held(run, importer, model, list(there), extras)
    going: list[int] = []
    for row in rows:
        key = row.object_id or 0
        if key in there and (row.record_version != there[key] or key in held):
            row.outcome = _OUTCOME.KEPT
            row.reason = held.get(key) or _("Changed since the import.")
            continue
        row.outcome = _OUTCOME.UNDONE
        if key in there:
            going.append(key)
    extras.take_away([row.line for row in rows if row.outcome == _OUTCOME.UNDONE])
    if model is importer.model and importer.take_away is not None:
        importer.take_away(going)
    else:
        model._base_manager.filter(pk__in=going).delete()
    ExternalId.objects.filter(content_type=ContentType.objects.get_for_model(model), object_id__in=going).delete()


def _locked_versions(model: type[models.Model], keys: Sequence[Any]) -> dict[int, int | None]:
    """Those that are still there; None for tables that count no versions."""
    rows = model._base_manager.select_for_update(of=("self",)).filter(pk__in=keys)
    if not _counts_versions(model):
        return dict.fromkeys(rows.values_list("pk", flat=True))
    return dict(rows.values_list("pk", "version"))


class _Extras:
    """What rows have made beside their records: it goes with them, and does not hold them."""

    def __init__(self, run: Import, lines: Sequence[int]) -> None:
        rows = run.lines.filter(is_extra=True, is_rehearsal=False, line__in=lines, outcome=_OUTCOME.NEW)
        self.rows = list(rows.select_related("content_type"))

    def keys_of(self, model: type[models.Model]) -> set[int]:
        """Those that nobody has touched."""
        kept = {row.object_id: row.record_version for row in self.rows if _model_of(row) is model}
        there = model._base_manager.filter(pk__in=kept)
        if version_of(model, 0) is None and not _counts_versions(model):
            return set(there.values_list("pk", flat=True))
        return {pk for pk, version in there.values_list("pk", "version") if kept[pk] == version}

    def take_away(self, lines: Iterable[int]) -> None:
        wanted = set(lines)
        going = [row for row in self.rows if row.line in wanted]
        for model in {_model_of(row) for row in going}:
            model._base_manager.filter(pk__in=[row.object_id for row in going if _model_of(row) is model]).delete()
        ImportRow.objects.filter(pk__in=[row.pk for row in going]).update(outcome=_OUTCOME.UNDONE)


def _counts_versions(model: type[models.Model]) -> bool:
    return any(column.name == "version" for column in model._meta.concrete_fields)


def _held(
    run: Import, importer: Importer, model: type[models.Model], keys: Sequence[int], extras: _Extras
) -> dict[int, str]:
    """Why each of these must stay: something refers to it that came later. Asked once for each table."""
    found: dict[int, str] = {}
    for relation in model._meta.related_objects:
        column: Any = relation.field
        other = relation.related_model
        if other not in TRACKED or not isinstance(column, models.ForeignKey):
            continue
        rows = other._base_manager.filter(**{f"{column.name}__in": keys})
        if relation.get_accessor_name() in importer.parts and model is importer.model:
            rows = rows.filter(_touched(other, run))
        elif other is model:
            # What refers to these within the same block goes along.
            rows = rows.exclude(pk__in=keys)
        else:
            rows = rows.exclude(pk__in=extras.keys_of(other))
        found |= dict.fromkeys(rows.values_list(column.attname, flat=True), _because(other))
    return found | _held_generically(model, keys, extras)


def _touched(part: type[models.Model], run: Import) -> Q:
    """A part that was changed or added since; of one without stamps that cannot be told."""
    if not _counts_versions(part):
        return Q(pk__in=())
    return Q(version__gt=1) | Q(created_at__gt=run.finished_at or run.started_at)


def _held_generically(model: type[models.Model], keys: Sequence[int], extras: _Extras) -> dict[int, str]:
    kind = ContentType.objects.get_for_model(model)
    found: dict[int, str] = {}
    for other in apps.get_models():
        if other not in TRACKED:
            continue
        for column in other._meta.private_fields:
            if isinstance(column, GenericForeignKey):
                rows = other._base_manager.filter(**{column.ct_field: kind, f"{column.fk_field}__in": keys})
                rows = rows.exclude(pk__in=extras.keys_of(other))
                found |= dict.fromkeys(rows.values_list(column.fk_field, flat=True), _because(other))
    return found


def _because(other: type[models.Model]) -> str:
    return _("Something has come of it since: %(nouns)s.") % {"nouns": other._meta.verbose_name_plural}


def _restore(row: ImportRow, importer: Importer, targets: Mapping[str, Target], actor: Any, at: Any) -> None:
    """The values before the update, by the same service, where nobody has changed the record since."""
    if version_of(importer.model, row.object_id or 0) != row.record_version:
        row.outcome, row.reason = _OUTCOME.KEPT, _("Changed since the import.")
        return
    values = {name: _value(targets.get(name), kept) for name, kept in (row.before or {}).items()}
    try:
        with transaction.atomic():
            importer.update(row.object_id or 0, values, actor, at)
    except Refusal as refusal:
        row.outcome, row.reason = _OUTCOME.KEPT, refusal.sentence
        return
    row.outcome = _OUTCOME.UNDONE


def _value(target: Target | None, kept: Any) -> Any:
    """As the service takes it: JSON knows neither dates nor records."""
    if target is None or kept is None or target.definition is not None:
        return kept
    if target.is_lookup:
        related: Any = target.related
        return related._base_manager.filter(pk=kept).first()
    return related_column(target, kept)


def related_column(target: Target, kept: Any) -> Any:
    from_json = {"date": "DateField", "moment": "DateTimeField", "money": "DecimalField", "decimal": "DecimalField"}
    name = from_json.get(str(target.kind))
    return getattr(models, name)().to_python(kept) if name else kept

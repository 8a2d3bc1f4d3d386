"""Rows of a file become drafts, drafts are told from what is there already, built and checked, block by block.

Everything is asked for a whole block at once. Examining writes nothing: the rehearsal is the same work as the run up to
the writing.
"""

import datetime as dt
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.core.access import visible_names
from crm.core.among import Among, AmongNumbers
from crm.core.errors import Invalid
from crm.core.format import day
from crm.data.export.safety import as_typed
from crm.data.importing.converting import Reader, Unknown, reader_of
from crm.data.importing.drafts import DUPLICATE, NEW, REPEATED, UPDATED, Draft, Problem, Work
from crm.data.importing.lookups import Lookups, why_not
from crm.data.importing.meanings import TO_BE_MADE, Meaning, ToMake, meaning_of
from crm.data.importing.notes import note_extras
from crm.data.importing.readers import Row
from crm.data.importing.registry import Importer, Same, importer_of
from crm.data.importing.ruling import Ruling
from crm.data.importing.styles import Style
from crm.data.importing.targets import EXTERNAL_ID, OWNER, Target
from crm.data.models import ExternalId, Import, ImportRow

BLOCK = 1_000
#: The place of a column that no row has: what it means is said for all rows.
_NOWHERE = sys.maxsize


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of the file, with what its texts mean."""

    place: int
    target: Target
    read: Reader | None
    meanings: Mapping[str, Meaning]


class Engine:
    """One import for the person whose it is, with the rights that they have now."""

    def __init__(self, run: Import, actor: Any, at: dt.datetime, *, is_rehearsal: bool = False) -> None:
        self.run, self.actor = run, actor
        self.importer: Importer = importer_of(run.noun)
        self.targets = self.importer.all_targets(actor)
        self.lookups = Lookups(actor)
        self.work = Work(
            actor=actor,
            at=at,
            owner=run.owner or run.person,
            style=Style.of(run.style),
            targets=self.targets,
            model=self.importer.model,
            is_rehearsal=is_rehearsal,
            is_owner_open=OWNER not in run.mapping and run.owner is None,
        )
        self.columns = [
            self._column(place, self.targets[name])
            for place, name in enumerate(run.mapping)
            if name and name in self.targets
        ]
        unnamed = (name for name in self.importer.chosen if name not in run.mapping and name in run.values)
        self.columns += [self._column(_NOWHERE, self.targets[name]) for name in unnamed]
        self._seen: dict[int, int] = {}
        asks_all = run.duplicates != Import.Duplicates.CREATE
        self._ruling = Ruling(self.importer.model, actor, asks_all=asks_all, is_rehearsal=is_rehearsal)
        self._may_assign = not self.importer.is_owned or actor.has_perm(
            f"{self.importer.model._meta.app_label}.assign_{self.importer.model._meta.model_name}"
        )

    def _column(self, place: int, target: Target) -> _Column:
        read = None if target.is_lookup and target.definition is None else self._reader(target)
        told = self.run.values.get(target.name, {})
        return _Column(place, target, read, {text: meaning_of(kept) for text, kept in told.items()})

    def _reader(self, target: Target) -> Reader | None:
        if target.is_lookup:
            return None
        return reader_of(target, self.work.style, timezone.get_current_timezone())

    def forget(self) -> None:
        """After a block was undone: what was read or made in it may not be there."""
        self.work.kept.clear()
        self.lookups = Lookups(self.actor)

    def read(self, rows: Sequence[Row]) -> list[Draft]:
        """What the rows say by themselves; the database is not asked, so it may be done in another thread."""
        return [self._read(row) for row in rows]

    def prepare(self, drafts: Sequence[Draft]) -> None:
        """What will be asked of drafts that become records; by itself it changes nothing."""
        for draft in drafts:
            draft.fingerprint(self.run.noun)
            for name, find_key in self.importer.keyed.items():
                if text := draft.values.get(name):
                    find_key(text)

    def examine(self, drafts: Sequence[Draft]) -> None:
        """What would become of each row of one block."""
        if not self.work.is_rehearsal:
            # What earlier blocks made is in the database; a rehearsal has to remember it.
            self._seen.clear()
        self._make(drafts)
        self._look_up(drafts)
        for draft in drafts:
            self.importer.tidy(draft, self.work)
        self._identify(drafts)
        self._tell_repeated(drafts)
        self._build(drafts)
        self._ruling.refuse([draft for draft in drafts if draft.is_new])
        self._tell_duplicates(drafts)
        self._ruling.warn()

    # Reading

    def _read(self, row: Row) -> Draft:
        draft, cells = Draft(row.line), row.cells
        surplus = len(cells) - len(self.run.mapping)
        if surplus > 0:
            told = ngettext("%(n)d cell more than there are heads.", "%(n)d cells more than there are heads.", surplus)
            draft.notes.append(told % {"n": surplus})
        for column in self.columns:
            text = cells[column.place] if column.place < len(cells) else ""
            if column.meanings and (meaning := column.meanings.get(text[:100])) is not None:
                self._take_meaning(draft, column, text, meaning)
            elif text:
                self._take(draft, column, as_typed(text))
        return draft

    def _take(self, draft: Draft, column: _Column, text: str) -> None:
        name = column.target.name
        draft.texts[name] = text
        if column.read is None:
            return
        try:
            draft.values[name] = column.read(text)
        except Unknown as error:
            draft.fail(f"{column.target.label}: {error}", target=name, kind="unknown")
        except ValueError as error:
            draft.fail(f"{column.target.label}: {error}", target=name)

    def _take_meaning(self, draft: Draft, column: _Column, text: str, meaning: Meaning) -> None:
        """What the person has said that this text means."""
        name = column.target.name
        if text:
            draft.texts[name] = text
        if meaning.is_nothing:
            return
        draft.values[name] = meaning.value_for(column.target)

    def _make(self, drafts: Sequence[Draft]) -> None:
        """Records that are to be made are made when the first row of a run needs them."""
        for column in self.columns:
            if not any(meaning.make for meaning in column.meanings.values()):
                continue
            name = column.target.name
            for draft in drafts:
                if isinstance(wanted := draft.values.get(name), ToMake):
                    draft.values[name] = TO_BE_MADE if self.work.is_rehearsal else self._made(name, wanted.name)

    def _made(self, name: str, called: str) -> int:
        record = self.work.once(f"made {name} {called}", lambda: self._find_or_make(name, called))
        return int(record.pk)

    def _find_or_make(self, name: str, called: str) -> Any:
        """After a worker has died, what it made is still there."""
        target = self.targets[name]
        model: Any = target.related
        made = ImportRow.objects.filter(run=self.run, is_extra=True, reason=called, line=0)
        kept = made.filter(content_type=ContentType.objects.get_for_model(model)).values_list("object_id", flat=True)
        found = model._default_manager.filter(pk__in=list(kept)).first()
        if found is not None:
            return found
        record = self.importer.make[name](called, self.work)
        note_extras(self.run, [(0, record, called)])
        return record

    def _look_up(self, drafts: Sequence[Draft]) -> None:
        for column in self.columns:
            if not column.target.is_lookup:
                continue
            name, model = column.target.name, column.target.related
            asked = [draft for draft in drafts if name in draft.texts and name not in draft.values]
            asked = [draft for draft in asked if draft.texts[name][:100] not in column.meanings]
            if not asked or model is None:
                continue
            known = self.lookups.find(model, {draft.texts[name] for draft in asked})
            for draft in asked:
                found = known[draft.texts[name]]
                if len(found) == 1:
                    draft.values[name] = next(iter(found))
                else:
                    draft.fail(
                        f"{column.target.label}: {why_not(draft.texts[name], found)}", target=name, kind="unknown"
                    )
        self._refuse_foreign_owners(drafts)

    def _refuse_foreign_owners(self, drafts: Sequence[Draft]) -> None:
        if self._may_assign:
            return
        for draft in drafts:
            if draft.values.get(OWNER, self.actor.pk) != self.actor.pk:
                draft.fail(_("You may not give records to somebody else."), target=OWNER)

    # Telling rows from what is there

    def _identify(self, drafts: Sequence[Draft]) -> None:
        self._identify_by_external_id([draft for draft in drafts if EXTERNAL_ID in draft.values])
        self._identify_by_key(drafts)
        self._refuse_own([draft for draft in drafts if draft.outcome == UPDATED])

    def _identify_by_key(self, drafts: Sequence[Draft]) -> None:
        key = next((one for one in self.importer.keys if one.name == self.run.update_by), None)
        if key is None:
            return
        asked = {draft.line: key.change(draft.values[key.name]) for draft in drafts if draft.values.get(key.name)}
        rows: Any = self.importer.model._default_manager.all()
        visible = rows.visible_to(self.actor) if hasattr(rows, "visible_to") else rows
        found: dict[Any, list[int]] = defaultdict(list)
        pairs = visible.order_by().filter(_one_of(key.column, set(asked.values()))).values_list(key.column, "pk")
        for shape, pk in pairs:
            found[shape].append(pk)
        for draft in drafts:
            self._take_for(draft, found.get(asked.get(draft.line), []))

    def _take_for(self, draft: Draft, keys: Sequence[int]) -> None:
        if len(keys) > 1:
            draft.fail(_("Several records fit this row."), target=self.run.update_by)
        elif keys:
            self._becomes_update(draft, keys[0])

    def _becomes_update(self, draft: Draft, pk: int) -> None:
        draft.outcome, draft.object_id = UPDATED, pk
        if earlier := self._seen_before(draft, "update", pk):
            draft.fail(_("Line %(line)d is about the same record.") % {"line": earlier})

    def _refuse_own(self, drafts: Sequence[Draft]) -> None:
        """What an earlier block of this run has made or changed is changed no further: as the rehearsal says, and so
        that the way back finds each record as this run has left it."""
        if self.work.is_rehearsal or not drafts:
            return
        told = self.run.lines.filter(
            is_rehearsal=False, outcome__in=[NEW, UPDATED], object_id__in=[draft.object_id for draft in drafts]
        )
        kind = ContentType.objects.get_for_model(self.importer.model)
        lines = dict(told.filter(content_type=kind, is_extra=False).values_list("object_id", "line"))
        for draft in drafts:
            if draft.object_id in lines:
                draft.fail(_("Line %(line)d is about the same record.") % {"line": lines[draft.object_id]})

    def _identify_by_external_id(self, drafts: Sequence[Draft]) -> None:
        if not drafts:
            return
        model = self.importer.model
        known = dict(
            ExternalId.objects.filter(
                content_type=ContentType.objects.get_for_model(model),
                key__in=[draft.values[EXTERNAL_ID] for draft in drafts],
            ).values_list("key", "object_id")
        )
        rows: Any = model._default_manager.filter(pk__in=known.values()).order_by()
        live = set(rows.values_list("pk", flat=True)) if known else set()
        visible = rows.visible_to(self.actor) if hasattr(rows, "visible_to") else rows
        seen = set(visible.values_list("pk", flat=True)) if live and self.run.update_by == EXTERNAL_ID else live
        for draft in drafts:
            pk = known.get(draft.values[EXTERNAL_ID])
            if pk not in live:
                if earlier := self._seen_before(draft, EXTERNAL_ID, draft.values[EXTERNAL_ID]):
                    draft.fail(_("Line %(line)d has the same ID.") % {"line": earlier}, target=EXTERNAL_ID)
            elif pk not in seen:
                draft.fail(_("A record with this ID is there, and you may not see it."), target=EXTERNAL_ID)
            elif self.run.update_by == EXTERNAL_ID and pk is not None:
                self._becomes_update(draft, pk)
            else:
                draft.outcome, draft.object_id = REPEATED, pk
                draft.notes.append(_("A record with this ID is there already."))

    def _seen_before(self, draft: Draft, *what: Any) -> int:
        """The line on which this was seen first; 0 the first time."""
        earlier = self._seen.setdefault(hash(what), draft.line)
        return 0 if earlier == draft.line else earlier

    def _tell_repeated(self, drafts: Sequence[Draft]) -> None:
        """Rows that an earlier import has made records of, which are still there."""
        if self.run.duplicates == Import.Duplicates.CREATE:
            return
        asked = {
            draft.fingerprint(self.run.noun): draft
            for draft in drafts
            if draft.is_new and EXTERNAL_ID not in draft.values
        }
        since = self._imported_before(list(asked))
        for draft in drafts:
            at = since.get(draft.fingerprint(self.run.noun)) if draft.is_new else None
            if at is not None:
                draft.outcome = REPEATED
                draft.notes.append(_("Imported before, on %(day)s.") % {"day": day(at.date())})

    def _imported_before(self, marks: Sequence[int]) -> dict[int | None, dt.datetime]:
        """By fingerprint when another import has made a record of such a row, where that is still there."""
        rows = ImportRow.objects.filter(AmongNumbers("fingerprint", marks), is_rehearsal=False, outcome=NEW)
        found = [row for row in rows.values_list("fingerprint", "object_id", "run_id") if row[2] != self.run.pk]
        if not found:
            return {}
        runs = Import.objects.filter(pk__in={run for _mark, _pk, run in found}, noun=self.run.noun)
        begun = dict(runs.values_list("pk", "started_at"))
        there = self.importer.model._default_manager.filter(pk__in=[pk for _mark, pk, run in found if run in begun])
        live = set(there.values_list("pk", flat=True))
        return {mark: at for mark, pk, run in found if pk in live and (at := begun.get(run)) is not None}

    # Building and comparing

    def _build(self, drafts: Sequence[Draft]) -> None:
        building = [draft for draft in drafts if draft.outcome == NEW]
        self.importer.before(building, self.work)
        for draft in building:
            try:
                draft.record = self.importer.build(draft, self.work)
            except Invalid as refusal:
                draft.refuse(refusal)

    def _tell_duplicates(self, drafts: Sequence[Draft]) -> None:
        if self.run.duplicates == Import.Duplicates.CREATE:
            return
        for rule in self.importer.same:
            asked: dict[tuple[Any, ...], list[Draft]] = defaultdict(list)
            for draft in drafts:
                if draft.is_new and all(shape := tuple([getattr(draft.record, name) for name in rule.columns])):
                    asked[shape].append(draft)
            if asked:
                self._tell_duplicates_by(rule, asked)

    def _tell_duplicates_by(self, rule: Same, asked: Mapping[tuple[Any, ...], Sequence[Draft]]) -> None:
        rows: Any = self.importer.model._default_manager.order_by()
        # All of the columns at once: of a frequent name alone there may be as many as there are records.
        for name, keys in zip(rule.columns, zip(*asked, strict=True), strict=True):
            rows = rows.filter(_one_of(name, set(keys)))
        there: dict[tuple[Any, ...], int] = {}
        for pk, *shape in rows.values_list("pk", *rule.columns):
            if tuple(shape) in asked:
                there.setdefault(tuple(shape), pk)
        names = visible_names(self.actor, [(self.importer.model, pk) for pk in there.values()])
        for shape, drafts in asked.items():
            for draft in drafts:
                earlier = self._seen_before(draft, rule.columns, shape)
                if (pk := there.get(shape)) is not None:
                    told = _("Duplicate of %(name)s: %(why)s.") % {
                        "name": names[self.importer.model, pk].label,
                        "why": str(rule.why).lower(),
                    }
                    draft.outcome, draft.object_id = DUPLICATE, pk
                    draft.notes.append(told)
                elif earlier:
                    told = _("Duplicate of line %(line)d: %(why)s.") % {"line": earlier, "why": str(rule.why).lower()}
                    draft.outcome = DUPLICATE
                    draft.notes.append(told)


def _one_of(column: str, keys: Collection[Any]) -> Any:
    return Among(column, keys) if all(isinstance(key, str) for key in keys) else models.Q(**{f"{column}__in": keys})


def problems_of(drafts: Iterable[Draft]) -> Iterable[Problem]:
    return (problem for draft in drafts for problem in draft.problems)


__all__ = ["BLOCK", "Engine", "problems_of"]

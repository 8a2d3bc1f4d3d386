"""Tagging records, and the tags of the organisation themselves. Tags stand on records of every state.

Whoever may write a record may tag it with any tag that is there; a new word needs the right `core.create_tag`, and
renaming, merging and deleting one the right `core.manage_tag`. Tags are locked before records.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext as _

from crm.core.access import WRITE, lock_for
from crm.core.actors import Actor
from crm.core.errors import Forbidden, Invalid, NotFound
from crm.core.folding import fold, one_line
from crm.core.models import Tag, TaggedModel
from crm.core.transactions import service

CREATE_TAG, MANAGE_TAG = "core.create_tag", "core.manage_tag"
MOST_ON_A_RECORD = 30

_KEYS: Any = ArrayField(models.BigIntegerField())
_LONGEST = 40


class _Ordered(Func):
    """Rising, each once."""

    template = "ARRAY(SELECT DISTINCT one FROM unnest(%(expressions)s) AS one ORDER BY one)"
    output_field = _KEYS


def with_tags(keys: Iterable[int]) -> Func:
    """The column `tags` with these beside what is there, for `update()`."""
    return _Ordered(Func(F("tags"), Value(list(keys), _KEYS), function="array_cat", output_field=_KEYS))


def without_tags(keys: Iterable[int]) -> Any:
    """The column `tags` without these, for `update()`."""
    left: Any = F("tags")
    for key in keys:
        left = Func(left, Value(key, models.BigIntegerField()), function="array_remove", output_field=_KEYS)
    return left


def tagged_with(keys: Iterable[int], path: str = "tags") -> Q:
    """Rows with any of the tags, as the index of tags answers it. `path` may lead to another record's column."""
    return Q(**{f"{path}__overlap": list(keys)}) & ~Q(**{path: []})


def tagged_models() -> list[type[TaggedModel]]:
    return [model for model in apps.get_models() if issubclass(model, TaggedModel)]


def tags_by_key(keys: Iterable[int]) -> Mapping[int, Tag]:
    wanted = set(keys)
    return Tag.objects.in_bulk(wanted) if wanted else {}


def tags_of(record: Any) -> list[Tag]:
    """By name; one query where the record has any."""
    return sorted(tags_by_key(record.tags).values(), key=lambda tag: tag.key)


def split_names(text: str) -> list[str]:
    """What was typed, apart at commas."""
    return [name for part in text.split(",") if (name := one_line(part))]


@service("record.tagged")
def tag_record(*, model: type[TaggedModel], record_id: int, names: Sequence[str], actor: Actor, at: dt.datetime) -> Any:
    """Put tags on the record beside those that it has. A word that is no tag yet becomes one, if the actor may."""
    found = find_or_make_tags(names, actor)
    record = lock_for(model, record_id, actor, WRITE)
    write_tags(record, {*record.tags, *(tag.pk for tag in found)})
    return record


@service("record.untagged")
def untag_record(
    *, model: type[TaggedModel], record_id: int, tag_ids: Sequence[int], actor: Actor, at: dt.datetime
) -> Any:
    """Take tags off the record. Those that it does not have are no reason to refuse."""
    record = lock_for(model, record_id, actor, WRITE)
    write_tags(record, set(record.tags) - set(tag_ids))
    return record


def write_tags(record: Any, keys: Iterable[int]) -> None:
    """On a record that the caller has locked."""
    tags = sorted(set(keys))
    if len(tags) > MOST_ON_A_RECORD:
        raise Invalid(_("A record carries at most %(most)s tags.") % {"most": MOST_ON_A_RECORD}, field="names")
    if tags != record.tags:
        record.tags = tags
        record.save(update_fields=["tags"])


def find_or_make_tags(names: Sequence[str], actor: Any) -> list[Tag]:
    """Locked, in the order of their keys, so that none of them is deleted or merged while records get it."""
    wanted = {_key(name): name for name in names}
    if not wanted:
        raise Invalid(_("Type at least one tag."), field="names")
    found = {tag.key: tag for tag in _locked(key__in=wanted)}
    missing = {key: name for key, name in wanted.items() if key not in found}
    if missing and not _may(actor, CREATE_TAG):
        known = _("There is no tag “%(name)s”, and you may not make new ones. Choose one of the suggestions.")
        raise Invalid(known % {"name": next(iter(missing.values()))}, field="names")
    made = [Tag.objects.get_or_create(key=key, defaults={"name": name})[0] for key, name in sorted(missing.items())]
    return [*found.values(), *made]


def known_tags(names: Sequence[str]) -> list[Tag]:
    """Those that are there; words that are no tags stand on no record either."""
    return list(_locked(key__in=[fold(name) for name in names]))


@service("tag.created")
def make_tag(*, name: str, tone: str, actor: Actor, at: dt.datetime) -> Tag:
    """By those who keep the tags in order."""
    _managed([], actor)
    key = _key(one_line(name))
    _refuse_taken(key)
    tag = Tag(name=one_line(name), key=key, tone=tone)
    tag.full_clean(validate_unique=False)
    tag.save(force_insert=True)
    return tag


@service("tag.changed")
def change_tag(*, tag_id: int, name: str, tone: str, actor: Actor, at: dt.datetime) -> Tag:
    """Another name or colour; the records keep the tag. The name of another tag is refused: they can be merged."""
    tag = _managed([tag_id], actor)[tag_id]
    key = _key(one_line(name))
    if key != tag.key:
        _refuse_taken(key)
    tag.name, tag.key, tag.tone = one_line(name), key, tone
    tag.full_clean(validate_unique=False)
    tag.save()
    return tag


@service("tag.merged")
def merge_tags(*, tag_id: int, into_id: int, actor: Actor, at: dt.datetime) -> int:
    """Every record with the first tag carries the second one instead. Gives their number, the bin included."""
    if tag_id == into_id:
        raise Invalid(_("A tag cannot be merged with itself. Choose another one."), field="into")
    tags = _managed([tag_id, into_id], actor)
    replaced = _Ordered(Func(without_tags([tag_id]), Value(into_id, models.BigIntegerField()), function="array_append"))
    moved: int = sum(_rows(model, tag_id).update(tags=replaced) for model in tagged_models())
    tags[tag_id].delete()
    return moved


@service("tag.deleted")
def delete_tag(*, tag_id: int, actor: Actor, at: dt.datetime) -> int:
    """Take the tag off every record and forget it. Gives the number of those records, the bin included."""
    tag = _managed([tag_id], actor)[tag_id]
    freed: int = sum(_rows(model, tag_id).update(tags=without_tags([tag_id])) for model in tagged_models())
    tag.delete()
    return freed


def uses_of(tag: Tag) -> int:
    """On how many records it stands, whosever they are: for administrators."""
    return sum(_rows(model, tag.pk).count() for model in tagged_models())


def _refuse_taken(key: str) -> None:
    if Tag.objects.filter(key=key).exists():
        raise Invalid(_("There is a tag of this name already. Merge the two instead."), field="name")


def _rows(model: type[models.Model], tag_id: int) -> Any:
    return model._base_manager.filter(tagged_with([tag_id]))


def _managed(keys: Sequence[int], actor: Any) -> dict[int, Tag]:
    if not _may(actor, MANAGE_TAG):
        raise Forbidden(_("Only an administrator changes the tags themselves."))
    found = {tag.pk: tag for tag in _locked(pk__in=keys)}
    if len(found) < len(set(keys)):
        raise NotFound(_("There is no such tag any more."))
    return found


def _locked(**which: Any) -> Iterable[Tag]:
    return Tag.objects.filter(**which).select_for_update().order_by("pk")


def _may(actor: Any, permission: str) -> bool:
    return getattr(actor, "actor_kind", "") != "user" or bool(actor.has_perm(permission))


def _key(name: str) -> str:
    key = fold(name)
    if not key or len(name) > _LONGEST:
        raise Invalid(
            _("A tag has 1 to %(most)s characters, letters or digits among them.") % {"most": _LONGEST}, field="names"
        )
    return key[: Tag._meta.get_field("key").max_length]

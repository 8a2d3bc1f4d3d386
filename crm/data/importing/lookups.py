"""Records and people that a file names: many texts at once, by foreign key, number, e-mail or whole name."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from crm.core.among import Among
from crm.core.folding import fold, fold_email
from crm.core.states import StateModel
from crm.data.models import ExternalId

_MOST_KEPT = 50_000


class Lookups:
    """What texts of one import mean, for one actor. Asked once for each text; only what the actor may see is found."""

    def __init__(self, actor: Any) -> None:
        self._actor = actor
        self._known: dict[type[models.Model], dict[str, frozenset[int]]] = {}

    def find(self, model: type[models.Model], texts: Collection[str]) -> Mapping[str, frozenset[int]]:
        """The keys that each text may mean: none, one, or several."""
        known = self._known.setdefault(model, {})
        if len(known) > _MOST_KEPT:
            known.clear()
        if wanted := {text for text in texts if text not in known}:
            known |= dict.fromkeys(wanted, frozenset())
            for reading in _PEOPLE if model is get_user_model() else _RECORDS:
                left = {text for text in wanted if not known[text]}
                for text, keys in reading(model, left, self._actor).items() if left else ():
                    known[text] = frozenset(keys)
        return known

    def forget(self, model: type[models.Model]) -> None:
        """After records of this table have been made."""
        self._known.pop(model, None)


def why_not(text: str, found: Collection[int]) -> str:
    if found:
        return _("“%(text)s” fits several records.") % {"text": text[:60]}
    return _("There is no “%(text)s” that you may see.") % {"text": text[:60]}


def _visible(model: type[models.Model], actor: Any) -> Any:
    rows: Any = model._default_manager.all()
    rows = rows.visible_to(actor) if hasattr(rows, "visible_to") else rows
    if issubclass(model, StateModel):
        rows = rows.exclude(state="inactive")  # takes part in nothing new
    return rows.order_by()


def _by_external_id(model: type[models.Model], texts: Collection[str], actor: Any) -> dict[str, set[int]]:
    kind = ContentType.objects.get_for_model(model)
    rows = dict(
        ExternalId.objects.filter(content_type=kind, key__in=[text[:100] for text in texts]).values_list(
            "key", "object_id"
        )
    )
    if not rows:
        return {}
    live = set(_visible(model, actor).filter(pk__in=rows.values()).values_list("pk", flat=True))
    return {key: {pk} for key, pk in rows.items() if pk in live}


def _by_column(name: str, change: Any, expression: Any = None) -> Any:
    """A reading by a column that holds what `change` makes of a text."""

    def read(model: type[models.Model], texts: Collection[str], actor: Any) -> dict[str, set[int]]:
        if name not in {field.name for field in model._meta.concrete_fields}:
            return {}
        by_shape: dict[str, list[str]] = defaultdict(list)
        for text in texts:
            if shape := change(text):
                by_shape[shape].append(text)
        rows = _visible(model, actor)
        column = name
        if expression is not None:
            rows, column = rows.alias(shape=expression(name)), "shape"
        found: dict[str, set[int]] = defaultdict(set)
        keyed = rows.filter(Among(column, by_shape)).annotate(_shape=models.F(column))
        for shape, pk in keyed.values_list("_shape", "pk"):
            for text in by_shape[shape]:
                found[text].add(pk)
        return found

    return read


def _by_key(model: type[models.Model], texts: Collection[str], actor: Any) -> dict[str, set[int]]:
    """Our own key, as exports of lists write it."""
    wanted = {int(text): text for text in texts if text.isascii() and text.isdecimal() and len(text) < 19}
    found = _visible(model, actor).filter(pk__in=wanted) if wanted else ()
    return {wanted[row.pk]: {row.pk} for row in found}


def _bare(text: str) -> str:
    return text.strip()


def _email(text: str) -> str:
    return fold_email(text) if "@" in text else ""


_RECORDS = (
    _by_external_id,
    _by_column("number", _bare),
    _by_column("number", str.lower, Lower),
    _by_column("code", str.upper),
    _by_column("email_key", _email),
    _by_column("sort_key", fold),
    _by_column("name", _bare),
)
_PEOPLE = (
    _by_external_id,
    _by_column("username", str.lower, Lower),
    _by_column("email", str.lower, Lower),
    _by_column("name", str.lower, Lower),
)

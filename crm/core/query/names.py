"""Which field a typed name means."""

import difflib
from collections.abc import Mapping

from django.utils.translation import gettext as _

from crm.core.fields import RecordField
from crm.core.folding import fold
from crm.core.query.errors import QueryError
from crm.core.query.nodes import Term

type Fields = Mapping[str, RecordField]

_SHOWN = 60


def find_field(fields: Fields, typed: str) -> RecordField | None:
    """By name, by short name (`created`), or by the label in the reader's language; hyphens may stand for spaces."""
    name = typed.lower()
    found = fields.get(name) or fields.get(name.replace("-", "_"))
    return found or _by_short_name(fields, name.replace("-", "_")) or _by_label(fields, name)


def field_of_term(fields: Fields, term: Term) -> RecordField:
    """A missing field and one that the reader may not know of are answered alike."""
    found = find_field(fields, term.name)
    if found is None:
        near = _near(fields, term.name)
        raise QueryError(_no_field(term.name, near), term.name_span.start, term.name_span.end, near)
    return found


def _by_short_name(fields: Fields, name: str) -> RecordField | None:
    return next((fields[full] for ending in ("_at", "_on") if (full := f"{name}{ending}") in fields), None)


def _by_label(fields: Fields, name: str) -> RecordField | None:
    wanted = _as_name(name)
    # Labels of related fields say both: the reference and the field, with a point between.
    found = [field for field in fields.values() if _as_name(str(field.label).replace(": ", ".")) == wanted]
    return found[0] if len(found) == 1 else None


def _as_name(text: str) -> str:
    return fold(text).replace(" ", "-").replace("_", "-")


def _near(fields: Fields, typed: str) -> str:
    names = [field.short_name for field in fields.values()]
    return next(iter(difflib.get_close_matches(typed.lower(), names, n=1, cutoff=0.75)), "")


def _no_field(typed: str, near: str) -> str:
    shown = typed[:_SHOWN]
    if near:
        return _("There is no field “%(name)s” here. Did you mean “%(near)s”?") % {"name": shown, "near": near}
    return _("There is no field “%(name)s” here. Put quotation marks around text that you look for.") % {"name": shown}

"""Filters of lists. Whatever an address asks that cannot be understood is left out with a notice."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import django_filters
from django.db import models
from django.db.models import Q
from django.forms import BaseForm, BaseModelForm, ModelChoiceField
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.access import hidden_name, visible_names
from crm.core.query import QueryError, condition, parse
from crm.core.widgets import use_own_widgets
from crm.core.words import Lookup

# Parameters of every list that are no filters.
PAGE_PARAMETERS = frozenset(
    {"sort", "after", "before", "columns", "density", "group", "layout", "panel", "pick", "move"}
)
LIST_PARAMETERS = PAGE_PARAMETERS | {"view", "only", "q", "edit", "add", "field", "operator", "value", "text", "at"}
_SHOWN = 40


type MakeFilter = Callable[[], django_filters.Filter]

_added: dict[type[models.Model], dict[str, MakeFilter]] = {}


def register_filter(model: type[models.Model], name: str, make: MakeFilter) -> None:
    """A further parameter for the lists of a table: apps above narrow the records of apps below."""
    _added.setdefault(model, {})[name] = make


class RecordFilter(django_filters.FilterSet):
    """`RecordFilter(data, queryset, actor=…)`; `qs` is filtered, `notices` says what was ignored.

    `q` is a query (`crm.core.query`). `search_fields` are the lookups, joined by OR, for its words without a field.
    For a large table, the `Words` of its index alone: one lookup without an index makes the database read every row.
    A lookup on `sort_key` gets the folded text; the plain name of a field stands for its beginning, in any case.
    """

    search_fields: ClassVar[tuple[Lookup, ...]] = ("sort_key__contains",)

    q = django_filters.CharFilter(method="search", label=gettext_lazy("Search"))

    def __init__(self, data: Any = None, queryset: Any = None, *, actor: Any, **options: Any) -> None:
        super().__init__(data, queryset, **options)
        self.actor = actor
        self._take_added()
        limit_choices(self.form, actor)
        use_own_widgets(self.form)

    def _take_added(self) -> None:
        model: Any = self.queryset.model
        for name, make in _added.get(model, {}).items():
            one: Any = make()
            self.filters[name] = one
            one.parent, one.model, one.field_name = self, model, name

    def search(self, rows: "models.QuerySet[Any]", name: str, text: str) -> "models.QuerySet[Any]":
        """What cannot be understood finds nothing: more rows than were meant would be worse."""
        return rows.none() if self.query_error else rows.filter(self._asked)

    @property
    def query_error(self) -> QueryError | None:
        """What is wrong with the query, and where in `sought`."""
        return self._asked if isinstance(self._asked, QueryError) else None

    @cached_property
    def _asked(self) -> Q | QueryError:
        """The query as a condition, or why it is none."""
        model: Any = self.queryset.model
        try:
            query = parse(self.sought)
            return condition(query, model, self.actor, timezone.now(), words=self.search_fields)
        except QueryError as error:
            return error

    @property
    def notices(self) -> list[str]:
        wrong = [
            _("“%(name)s” was ignored: %(why)s") % {"name": self._label(name), "why": " ".join(map(str, errors))}
            for name, errors in self.form.errors.items()
        ]
        if self.query_error:
            wrong.append(self.query_error.sentence)
        return wrong + [
            _("“%(name)s” is not a filter of this list and was ignored.") % {"name": name[:_SHOWN]}
            for name in self._unknown()
        ]

    @property
    def is_active(self) -> bool:
        """Does any filter narrow the list?"""
        return bool(self.form.is_bound and any(value not in (None, "", []) for value in self._values()))

    @property
    def is_open(self) -> bool:
        """Is any filter beside the search box in use or wrong?"""
        return bool(self.form.errors) or any(
            value not in (None, "", []) for name, value in self.form.cleaned_data.items() if name != "q"
        )

    @property
    def sought(self) -> str:
        """What stands in the search box."""
        return str(self.form["q"].value() or "").strip()

    def filter_fields(self) -> list[Any]:
        """The bound fields beside the search box."""
        return [field for field in self.form if field.name != "q"]

    def _values(self) -> Iterable[Any]:
        _errors = self.form.errors
        return [
            list(value) if hasattr(value, "__iter__") and not isinstance(value, str) else value
            for value in getattr(self.form, "cleaned_data", {}).values()
        ]

    def _unknown(self) -> list[str]:
        known = set(self.filters) | LIST_PARAMETERS | set(_part_names(self.form))
        return [name for name in self.data if name not in known]

    def _label(self, name: str) -> str:
        return str(self.form.fields[name].label or name) if name in self.form.fields else name


def _part_names(form: BaseForm) -> Iterable[str]:
    """The parameters of fields that are sent in parts, such as the two ends of a range."""
    return (
        f"{name}{part}" for name, field in form.fields.items() for part in getattr(field.widget, "widgets_names", ())
    )


def limit_choices(form: BaseForm, actor: Any) -> None:
    """Choice fields offer only what the actor may see. A stored value stays, without its name where it is hidden."""
    guarded: dict[str, Any] = {
        name: field
        for name, field in form.fields.items()
        if isinstance(field, ModelChoiceField) and hasattr(field.queryset, "visible_to")
    }
    given = {name: _key(form.initial.get(name)) for name in guarded}
    pairs = [(field.queryset.model, key) for name, field in guarded.items() if (key := given[name]) is not None]
    names = visible_names(actor, pairs)
    for name, field in guarded.items():
        rows, key = field.queryset, given[name]
        field.queryset = rows.visible_to(actor)
        if key is None:
            continue
        if not names[rows.model, key].hidden:
            field.queryset = field.queryset | rows.filter(pk=key)
        elif _is_stored(form):
            field.queryset = field.queryset | rows.filter(pk=key)
            _hide(field, key)
        else:
            form.initial.pop(name)


def _key(value: Any) -> int | None:
    key = getattr(value, "pk", value)
    return key if isinstance(key, int) else None


def _is_stored(form: BaseForm) -> bool:
    """Are the initial values those of a record, and not what an address proposed for a new one?"""
    return not isinstance(form, BaseModelForm) or form.instance.pk is not None


def _hide(field: ModelChoiceField[Any], key: int) -> None:
    shown: Any = field.label_from_instance
    open_field: Any = field
    open_field.hidden_key = key
    open_field.label_from_instance = lambda record: hidden_name(type(record)) if record.pk == key else shown(record)

"""The kinds of columns. A cell escapes everything that it did not make itself."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar

from django.db import models
from django.db.models.expressions import Combinable
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm.core import format as shown
from crm.core.addresses import screen_name
from crm.core.badges import Tones, state_badge
from crm.core.markup import Pattern, escaped
from crm.core.models import Tag
from crm.core.states import StateMachine
from crm.core.writing import style

type Text = str | Promise
type Cell = Callable[..., str]
type Lookup = Callable[[Sequence[int], Any], Mapping[int, Any]]
type Row = Sequence[Any]
type Path = str | Combinable
type Source = Callable[[Row], Sequence[Any]]

_NOTHING = SafeString()
_TRUNCATED_FROM = 24
_TITLED = Pattern('<span title="{}">{}</span>')
_LINK = Pattern('<a href="{}" title="{}">{}</a>')
_AVATAR = Pattern(
    '<span class="avatar avatar-{}" aria-hidden="true" title="{}">{}</span><span class="visually-hidden">{}</span>'
)
_TAG = Pattern('<span class="tag tag-{}">{}</span>')
_NOBODY = Pattern('<span class="avatar avatar-nobody" title="{}">?</span>')


@dataclass(frozen=True)
class Paper:
    """What the cells of one rendering share: day, language and formats, the base currency, addresses looked up once."""

    model: type[models.Model]
    base_currency: str = ""
    today: dt.date = field(default_factory=timezone.localdate)
    style: str = field(default_factory=style)
    _addresses: dict[str, tuple[str, str]] = field(default_factory=dict)
    _tags: dict[int, SafeString] = field(default_factory=dict)

    def tag(self, key: int) -> SafeString:
        """All tags of the organisation are read when the first one is drawn; "" for one that is gone."""
        if not self._tags:
            read = Tag.objects.values_list("pk", "tone", "name").order_by()
            self._tags.update({pk: _TAG(tone, name) for pk, tone, name in read})
        return self._tags.get(key, _NOTHING)

    def address(self, url_name: str, pk: int) -> SafeString:
        """`reverse` for a name with one id, at the price of a concatenation."""
        if url_name not in self._addresses:
            before, _zero, after = reverse(url_name, args=[0]).rpartition("0")
            self._addresses[url_name] = (escaped(before), escaped(after))
        before, after = self._addresses[url_name]
        return SafeString(f"{before}{int(pk)}{after}")


class Column:
    """A column of plain text, or of whatever `render(*values)` gives; its result is escaped unless safe.

    `fields` are the value paths that it reads, or expressions where a value depends on the reader. `key` is the name
    under which it is chosen; without one it goes by the field whose value it shows first.
    `sort` names the indexed field by which the head sorts. `place` is where the cell stands on a phone:
    `name`, `amount`, `sub` or `mark`; without one it is left out there, unless somebody has chosen the column.
    """

    numeric: ClassVar[bool] = False
    newest_first: ClassVar[bool] = False
    css: ClassVar[str] = ""
    #: Has it a place in exports? A column of buttons has none.
    in_files: ClassVar[bool] = True
    #: Where it stands on a card of a board, if it has no place on a phone: `step` or `owner`.
    on_card: ClassVar[str] = ""
    key: str = ""

    def __init__(self, label: Text, *fields: Path, sort: str = "", place: str = "", render: Cell | None = None) -> None:
        self.label = label
        self.fields: tuple[Path, ...] = fields
        self.sort = sort
        self.place = place
        self.render = render

    def cell(self, paper: Paper, *values: Any) -> str:
        """The content of one cell; plain text is escaped by the table."""
        if self.render is not None:
            return self.render(*values)
        return "" if values[0] is None else str(values[0])

    def source(self, rows: Sequence[Row], places: Sequence[int], actor: Any) -> Source:
        """How the values of a cell are taken from a row, in which those of `fields` stand at `places`.

        Asked once for all rows of a page, so that what is no column of the table is read at once.
        """
        return lambda row: [row[place] for place in places]

    @property
    def path(self) -> str:
        """The first value that is no key of the row."""
        return next((path for path in self.fields if isinstance(path, str) and path != "pk"), "")

    @property
    def free_sort(self) -> str:
        """The name of the field by which a short list sorts where no index does."""
        return "" if "__" in self.path or self.key not in {"", self.path} else self.path

    @property
    def is_name_of_row(self) -> bool:
        """Does it lead to the page of the row?"""
        return False

    def classes(self) -> str:
        return " ".join(name for name in (self.css, f"at-{self.place}" if self.place else "") if name)


class TextColumn(Column):
    """Text, truncated with its whole length as a title."""

    def cell(self, paper: Paper, *values: Any) -> str:
        text = super().cell(paper, *values)
        if isinstance(text, SafeString) or len(text) < _TRUNCATED_FROM:
            return text
        return _TITLED(text, text)


class LinkColumn(Column):
    """The name of the row, leading to its page; `key` is the path of the id where that is another record's."""

    css = "is-name"

    def __init__(
        self, label: Text, name: str, *, url_name: str = "", key: str = "pk", sort: str = "", place: str = "name"
    ) -> None:
        super().__init__(label, key, name, sort=sort, place=place)
        self.url_name = url_name
        if key != "pk":
            self.css = ""  # type: ignore[misc]  # only the row's own name is strong

    @property
    def free_sort(self) -> str:
        return super().free_sort if self.is_name_of_row else ""

    @property
    def is_name_of_row(self) -> bool:
        return self.fields[0] == "pk"

    def cell(self, paper: Paper, *values: Any) -> str:
        pk, name = values
        if pk is None:
            return _NOTHING
        url = paper.address(self.url_name or screen_name(paper.model, "detail"), pk)
        name = str(name or "").strip() or _("No name")
        return _LINK(url, name, name)


class LookupColumn(Column):
    """A value that is no column of the table, read for the whole page at once: the next step of each row.

    `lookup(keys, actor)` gives the values by primary key in one query, within the actor's rights; what is missing
    leaves the cell empty. A subclass draws the value in `cell(paper, value)`, or `render(value)` does.
    """

    def __init__(self, label: Text, lookup: Lookup, place: str = "", *, render: Cell | None = None) -> None:
        super().__init__(label, "pk", place=place, render=render)
        self.lookup = lookup

    def source(self, rows: Sequence[Row], places: Sequence[int], actor: Any) -> Source:
        key = places[0]
        found = self.lookup([row[key] for row in rows], actor) if rows and actor is not None else {}
        return lambda row: [found.get(row[key])]

    def cell(self, paper: Paper, *values: Any) -> str:
        return _NOTHING if values[0] is None else super().cell(paper, *values)


class ChoiceColumn(Column):
    """The word of a stored choice."""

    def __init__(
        self, label: Text, name: Path, choices: Iterable[tuple[Any, Any]], *, sort: str = "", place: str = ""
    ) -> None:
        super().__init__(label, name, sort=sort, place=place)
        self.words: Mapping[Any, Any] = dict(choices)
        self._made: dict[tuple[Any, str], str] = {}

    def cell(self, paper: Paper, *values: Any) -> str:
        key = (values[0], paper.style)
        if key not in self._made:
            if values[0] not in self.words:
                return str(values[0] or "")
            self._made[key] = str(self.words[values[0]])
        return self._made[key]


class NumberColumn(Column):
    """A number with as many decimals as it has, or with exactly `digits`."""

    numeric = True
    newest_first = True
    css = "num"

    def __init__(self, label: Text, name: Path, *, digits: int | None = None, sort: str = "", place: str = "") -> None:
        super().__init__(label, name, sort=sort, place=place)
        self.digits = digits

    def cell(self, paper: Paper, *values: Any) -> str:
        value = values[0]
        if value is None:
            return _NOTHING
        if self.digits is None:
            return shown.quantity(value, paper.style)
        return shown.number(value, self.digits, paper.style)


class MoneyColumn(Column):
    """An amount without decimals; its currency only where it is not the base one. `currency` is a path to a code."""

    numeric = True
    newest_first = True
    css = "num money"

    def __init__(
        self,
        label: Text,
        name: Path,
        *,
        currency: Path = "",
        digits: int | None = 0,
        sort: str = "",
        place: str = "amount",
    ) -> None:
        super().__init__(label, name, *([currency] if currency else []), sort=sort, place=place)
        self.digits = digits

    def cell(self, paper: Paper, *values: Any) -> str:
        amount: Decimal | None = values[0]
        code = str(values[1] or "") if len(values) > 1 else ""
        return _money(amount, "" if code == paper.base_currency else code, self.digits, paper.style)


# Round sums come again and again.
@lru_cache(4096)
def _money(amount: Decimal | None, code: str, digits: int | None, style: str) -> SafeString:
    return shown.money_html(amount, code, digits=digits, style=style)


class DateColumn(Column):
    newest_first = True

    def cell(self, paper: Paper, *values: Any) -> str:
        return shown.day(values[0], paper.style)


class DateTimeColumn(Column):
    """A moment: the time today, then yesterday, then the day."""

    newest_first = True

    def cell(self, paper: Paper, *values: Any) -> str:
        return shown.short_moment(values[0], paper.today, paper.style)


class StateColumn(Column):
    """The badge of the state; `tones` replaces single tones of `crm.core.badges`."""

    def __init__(
        self, label: Text, machine: StateMachine, *, tones: Tones | None = None, prefix: str = "", place: str = "mark"
    ) -> None:
        super().__init__(label, f"{prefix}state", f"{prefix}status_reason", place=place)
        self.machine, self.tones = machine, tones
        self._made: dict[tuple[str, str, str], SafeString] = {}

    def cell(self, paper: Paper, *values: Any) -> str:
        state, reason = values
        if state is None:
            return _NOTHING
        key = (state, reason, paper.style)
        if key not in self._made:
            self._made[key] = state_badge(self.machine, state, reason, self.tones).html()
        return self._made[key]


class TagsColumn(Column):
    """The tags of the row, by age of the tags."""

    css = "tags"

    def __init__(self, label: Text, name: str = "tags") -> None:
        super().__init__(label, name)

    def cell(self, paper: Paper, *values: Any) -> str:
        return SafeString(" ".join([paper.tag(key) for key in values[0] or ()])) if values[0] else _NOTHING


class OwnerColumn(Column):
    """The owner's initials; the name is the title and is heard."""

    on_card = "owner"
    key = "owner"

    def __init__(self, label: Text, *, prefix: str = "") -> None:
        super().__init__(label, f"{prefix}owner__name", f"{prefix}owner_team__name")

    @property
    def free_sort(self) -> str:
        return self.key

    def cell(self, paper: Paper, *values: Any) -> str:
        return _known_avatar(values[0] or values[1] or "", paper.style)


@lru_cache(1024)
def _known_avatar(name: str, _style: str) -> SafeString:
    return avatar(name)


def avatar(name: str) -> SafeString:
    """As `components/avatar.html`: the ground comes from the length of the name."""
    words = name.split()
    if not words:
        return _NOBODY(_("No owner"))
    initials = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return _AVATAR(len(name) % 10, name, initials, name)

"""The search over all tables: each app registers where its records are found."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.functional import Promise

from crm.core.words import SearchWords


@dataclass(frozen=True, kw_only=True)
class SearchSource:
    """One table in the search.

    `title` and `subtitle` are columns; where `subtitle` is a foreign key, the name of that record stands there, if
    the reader may see it. `words` are those of an index of the model. A hit is shown with the initials of its title
    (`avatar`: "person", "company") or with an icon.
    """

    model: type[models.Model]
    label: str | Promise
    url_name: str
    words: SearchWords
    title: str = "name"
    subtitle: str = ""
    icon: str = "search"
    avatar: str = ""
    position: int = 100

    @property
    def key(self) -> str:
        """How addresses name it: `in=lead`."""
        return str(self.model._meta.model_name)

    @property
    def noun(self) -> str:
        return str(self.model._meta.verbose_name).capitalize()

    @property
    def index(self) -> str:
        """Name of the index of words; "" where the model has none."""
        found = (index for index in self.model._meta.indexes if isinstance(index, GinIndex))
        return next((index.name for index in found if self.words in index.expressions), "")

    def field(self, name: str) -> Any:
        return self.model._meta.get_field(name)


_registry: dict[type[models.Model], SearchSource] = {}


def register_search(*sources: SearchSource) -> None:
    for source in sources:
        _registry[source.model] = source


def sources() -> list[SearchSource]:
    return sorted(_registry.values(), key=lambda source: (source.position, source.model._meta.label))

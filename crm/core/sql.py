"""A piece of SQL with its values apart."""

from dataclasses import dataclass
from typing import Any

type Params = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Sql:
    text: str
    params: Params = ()

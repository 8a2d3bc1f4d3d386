"""Stages of a record for its process bar: where it has been, where it is, what comes next."""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Stage:
    """One chevron of `components/process.html`; `note` says the time spent or a date in words."""

    label: str | Promise
    status: Literal["done", "current", "next", "failed"]
    note: str | Promise = ""

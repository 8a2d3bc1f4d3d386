"""Lines copied along the chain, with overrides, discounts, taxes and write-ins; each knows where it came from."""

from collections.abc import Iterable
from typing import Any

from sales.models import DocumentLine, PricedModel

_NOT_COPIED = {"id", "created_at", "created_by", "updated_at", "updated_by", "version"}
COPIED_LINE_FIELDS = tuple(field.name for field in DocumentLine._meta.fields if field.name not in _NOT_COPIED)


def copied_lines(lines: Iterable[Any], target: PricedModel, *, origin: str) -> list[Any]:
    """Unsaved lines of `target`; `origin` names their column that points to the line copied."""
    model = target.line_model()
    attnames = [DocumentLine._meta.get_field(name).attname for name in COPIED_LINE_FIELDS]  # type: ignore[union-attr]  # concrete fields
    return [
        model(document=target, **{origin: line}, **{name: getattr(line, name) for name in attnames}) for line in lines
    ]


def save_copies(lines: list[Any]) -> None:
    if lines:
        type(lines[0])._default_manager.bulk_create(lines)

"""The query language: one text for lists, saved views, exports, bulk acts and addresses. See docs/query.md."""

from crm.core.query.chips import Chip, chips
from crm.core.query.compiler import condition
from crm.core.query.complete import Suggestion, complete
from crm.core.query.errors import QueryError
from crm.core.query.nodes import Query
from crm.core.query.parser import parse
from crm.core.query.writer import value_text, words_text, write

__all__ = [
    "Chip",
    "Query",
    "QueryError",
    "Suggestion",
    "chips",
    "complete",
    "condition",
    "parse",
    "value_text",
    "words_text",
    "write",
]

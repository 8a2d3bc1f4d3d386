"""The query language: one text for lists, saved views, exports, bulk acts and addresses. See docs/query.md."""

from crm.core.query.compiler import condition
from crm.core.query.errors import QueryError
from crm.core.query.nodes import Query
from crm.core.query.parser import parse
from crm.core.query.writer import value_text, words_text, write

__all__ = ["Query", "QueryError", "condition", "parse", "value_text", "words_text", "write"]

"""Bulk changes, and what has left the house."""

from crm.data.models.bulk import BulkRow, BulkRun
from crm.data.models.exports import Export

__all__ = ["BulkRow", "BulkRun", "Export"]

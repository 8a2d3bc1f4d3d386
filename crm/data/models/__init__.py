"""Bulk changes, what has left the house, and what counts as the same record."""

from crm.data.models.bulk import BulkRow, BulkRun
from crm.data.models.duplicates import CriterionKind, DuplicateCriterion, DuplicateRule
from crm.data.models.exports import Export

__all__ = ["BulkRow", "BulkRun", "CriterionKind", "DuplicateCriterion", "DuplicateRule", "Export"]

"""Bulk changes, what has left the house, what has come in, and what counts as the same record."""

from crm.data.models.bulk import BulkRow, BulkRun
from crm.data.models.duplicates import CriterionKind, DuplicateCriterion, DuplicateRule
from crm.data.models.exports import Export
from crm.data.models.imports import ExternalId, Import, ImportRow, LearntColumn
from crm.data.models.merges import Merge, MergedRecord, MergeRow
from crm.data.models.pairs import DuplicatePair

__all__ = [
    "BulkRow",
    "BulkRun",
    "CriterionKind",
    "DuplicateCriterion",
    "DuplicatePair",
    "DuplicateRule",
    "Export",
    "ExternalId",
    "Import",
    "ImportRow",
    "LearntColumn",
    "Merge",
    "MergeRow",
    "MergedRecord",
]

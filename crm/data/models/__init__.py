from crm.data.models.bulk import BulkRow, BulkRun

__all__ = ["BulkRow", "BulkRun"]

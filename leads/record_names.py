"""Campaigns chosen by name, number or code."""

from typing import Any

from crm.core.folding import fold
from crm.core.record_names import RecordNameField
from leads.models import Campaign


def _in_use(rows: Any) -> Any:
    return rows.exclude(state="inactive")


class CampaignField(RecordNameField):
    def __init__(self, **options: Any) -> None:
        super().__init__(Campaign.objects.all(), narrow=_in_use, **options)

    def _found(self, text: str) -> list[Any]:
        return super()._found(text) or list(self._rows().filter(code_key=fold(text)).exclude(pk=self.hidden_key)[:1])

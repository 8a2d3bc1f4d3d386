"""Campaigns chosen by name, number or code, and marketing lists by name."""

from typing import Any

from crm.core.access import WRITE
from crm.core.folding import fold
from crm.core.record_names import RecordNameField
from leads.models import Campaign, MarketingList


def _in_use(rows: Any) -> Any:
    return rows.exclude(state="inactive")


class CampaignField(RecordNameField):
    def __init__(self, **options: Any) -> None:
        super().__init__(Campaign.objects.all(), narrow=_in_use, **options)

    def _found(self, text: str) -> list[Any]:
        return super()._found(text) or list(self._rows().filter(code_key=fold(text)).exclude(pk=self.hidden_key)[:1])


class ListField(RecordNameField):
    """A static, open list."""

    def __init__(self, **options: Any) -> None:
        super().__init__(MarketingList.objects.all(), narrow=_open_lists, **options)

    def offer_of(self, noun: str, actor: Any) -> None:
        """Of these members, and as far as the actor may change them."""
        self.queryset = _open_lists(MarketingList.objects.for_action(actor, WRITE)).filter(members_are=noun)
        self.narrow = lambda rows: _open_lists(rows).filter(members_are=noun)
        self.offer_to(actor)


def _open_lists(rows: Any) -> Any:
    return rows.filter(state="active", kind="static", is_locked=False)


class AnyListField(RecordNameField):
    """Any list in use, static or dynamic."""

    def __init__(self, **options: Any) -> None:
        super().__init__(MarketingList.objects.all(), narrow=_used_lists, **options)


def _used_lists(rows: Any) -> Any:
    return rows.filter(state="active")

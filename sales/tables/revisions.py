"""Numbers of quotes."""

from typing import Any

from django.utils.translation import gettext as _

from crm.core.tables import LinkColumn, Paper


class RevisionColumn(LinkColumn):
    """The number with its revision, from the first one on, leading to the quote."""

    def __init__(self, label: Any) -> None:
        super().__init__(label, "number")
        self.fields = ("pk", "number", "revision")

    def cell(self, paper: Paper, *values: Any) -> str:
        pk, number, revision = values
        told = {"number": number, "revision": revision}
        return super().cell(paper, pk, _("%(number)s · rev %(revision)s") % told if revision else number)

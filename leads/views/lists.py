"""The pages of marketing lists."""

from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core import format as shown
from crm.core.counts import count_up_to
from crm.core.screens import DeleteView, DetailView, EditView, ListView, SystemView
from crm.core.screens.details import Fact, KeyFact
from crm.core.screens.lists.wording import count_words
from leads.filters import MarketingListFilter
from leads.list_counts import seen_members
from leads.list_filters import members_url
from leads.list_forms import MarketingListForm
from leads.list_tables import MarketingListTable
from leads.models import MarketingList
from leads.services.lists import MOST_AT_ONCE, create_list, members_of, update_list


class MarketingListListView(ListView):
    model, table, filterset = MarketingList, MarketingListTable, MarketingListFilter
    create_url_name = "leads:marketing_list_create"
    system_views = (
        SystemView("active", gettext_lazy("Active lists"), "state:active", default=True),
        SystemView("mine", gettext_lazy("My lists"), "state:active owner:me"),
        SystemView("all", gettext_lazy("All lists")),
    )

    def empty(self, actor: Any) -> dict[str, Any]:
        return {
            "title": _("No marketing lists yet"),
            "text": _("A list holds leads, contacts or accounts: those you put on it, or whoever a query finds."),
        }


class MarketingListDetailView(DetailView[MarketingList]):
    model = MarketingList
    first_tab = "details"
    related = ("owner", "owner_team")

    def subtitle(self, record: MarketingList) -> str:
        parts = (record.get_kind_display(), record.get_members_are_display(), _("locked") if record.is_locked else "")
        return " · ".join(str(part) for part in parts if part)

    def facts(self, record: MarketingList) -> list[Fact]:
        return [
            (_("Members"), self._members(record)),
            (_("Last used"), shown.moment(record.last_used_at)),
        ]

    def _members(self, record: MarketingList) -> str:
        """As many as the reader sees, leading to them. Only a query may take so long that its answer is estimated."""
        actor = self.request.user
        if record.kind == MarketingList.Kind.STATIC:
            seen = seen_members([record.pk], actor, MOST_AT_ONCE)[record.pk]
            return format_html('<a href="{}">{}</a>', members_url(record), seen)
        rows = members_of(record, actor)
        count = count_up_to(rows, rows.model._default_manager.branches(actor))
        return format_html('<a href="{}">{}</a>', members_url(record), count_words(count))

    def key_facts(self, record: MarketingList) -> list[Fact | KeyFact]:
        return [
            KeyFact(_("Query"), record.query, "query" if record.query else ""),
            KeyFact(_("Purpose"), record.purpose, "purpose"),
        ]

    def details(self, record: MarketingList) -> list[Fact]:
        yes = _("yes")
        return [
            (_("Name"), record.name),
            (_("Kind"), record.get_kind_display()),
            (_("Members"), record.get_members_are_display()),
            (_("Query"), record.query),
            (_("Purpose"), record.purpose),
            (_("Skip who has opted out"), yes if record.skips_opted_out else _("no")),
            (_("Only with consent"), yes if record.needs_consent else ""),
            (_("Locked"), yes if record.is_locked else ""),
        ]

    def edit_obstacle(self, record: MarketingList) -> str:
        return obstacle(record)


def obstacle(found: MarketingList) -> str:
    return _("An inactive list cannot be changed. Activate it first.") if found.state == "inactive" else ""


class MarketingListEditView(EditView[MarketingList]):
    model, form_class = MarketingList, MarketingListForm

    def create(self, form: MarketingListForm, actor: Any) -> MarketingList:
        return create_list(values=form.values, owner=actor, actor=actor, at=timezone.now())

    def update(self, record_id: int, form: MarketingListForm, actor: Any) -> MarketingList:
        return update_list(list_id=record_id, values=form.values, actor=actor, at=timezone.now())

    def obstacle(self, record: MarketingList) -> str:
        return obstacle(record)


class MarketingListDeleteView(DeleteView):
    model = MarketingList

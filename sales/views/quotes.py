"""The pages of quotes."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core import format as shown
from crm.core.screens import DeleteView, EditView, ListView, SystemView
from crm.core.screens.details import Fact, KeyFact, Stage
from sales.due import due_day
from sales.filters.documents import QuoteFilter
from sales.forms.quotes import QuoteForm
from sales.models import Quote
from sales.services.quotes import create_quote, update_quote
from sales.tables.quotes import QuoteTable
from sales.views.documents import DocumentDetailView, edit_obstacle, initial_customer
from sales.views.stages import quote_stages


class QuoteListView(ListView):
    model, table, filterset = Quote, QuoteTable, QuoteFilter
    create_url_name = "sales:quote_create"
    system_views = (
        SystemView("my-open", gettext_lazy("My open quotes"), "state:draft,active owner:me", default=True),
        SystemView("open", gettext_lazy("All open"), "state:draft,active"),
        SystemView("drafts", gettext_lazy("Drafts"), "state:draft"),
        SystemView("active", gettext_lazy("Active"), "state:active"),
        SystemView("expiring", gettext_lazy("About to expire"), "state:active expires:next-7-days"),
        SystemView("won", gettext_lazy("Won"), "state:won"),
        SystemView("closed", gettext_lazy("Closed"), "state:closed"),
        SystemView("all", gettext_lazy("All quotes")),
    )

    def empty(self, actor: Any) -> dict[str, Any]:
        return {
            "title": _("No quotes yet"),
            "text": _("A quote offers goods at a price until a day. Make it on an opportunity, or here without one."),
        }


class QuoteDetailView(DocumentDetailView[Quote]):
    model = Quote

    def facts(self, record: Quote) -> list[Fact]:
        is_live = record.state in ("draft", "active")
        return [
            (_("Customer"), self.parties(record).customer),
            (_("Total"), self.amount(record, record.total_amount)),
            (_("Last day to accept"), due_day(record.expires_on, timezone.localdate()) if is_live else ""),
            (_("Won on"), shown.day(record.won_on)),
            (_("Closed on"), shown.day(record.closed_on)),
            (_("Opportunity"), self.parties(record).opportunity),
            self.next_step(record) if is_live else ("", ""),
        ]

    def own_key_facts(self, record: Quote) -> list[Fact | KeyFact]:
        days = (record.effective_from, record.effective_to)
        valid = _("%(first)s to %(last)s") % {"first": shown.day(days[0]), "last": shown.day(days[1])}
        return [KeyFact(_("Valid"), valid if all(days) else shown.day(days[0] or days[1]), "effective_from")]

    def own_details(self, record: Quote) -> list[Fact]:
        return [
            (_("Prices valid from"), shown.day(record.effective_from)),
            (_("Prices valid to"), shown.day(record.effective_to)),
            (_("Last day to accept"), shown.day(record.expires_on)),
            (_("Activated"), shown.moment(record.activated_at)),
            (_("Closing note"), record.closing_note),
        ]

    def stages(self, record: Quote) -> list[Stage]:
        return quote_stages(record, timezone.now())


class QuoteEditView(EditView[Quote]):
    model, form_class = Quote, QuoteForm

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        return initial_customer(request)

    def create(self, form: QuoteForm, actor: Any) -> Quote:
        return create_quote(values=form.values, owner=actor, actor=actor, at=timezone.now())

    def update(self, record_id: int, form: QuoteForm, actor: Any) -> Quote:
        return update_quote(quote_id=record_id, values=form.values, actor=actor, at=timezone.now())

    def obstacle(self, record: Quote) -> str:
        return edit_obstacle(record)


class QuoteDeleteView(DeleteView):
    model = Quote

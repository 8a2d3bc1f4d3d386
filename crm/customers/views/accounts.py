"""The pages of accounts."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core import format as shown
from crm.core.record_names import Pair
from crm.core.screens import DeleteView, DetailView, EditView, ListView, SystemView
from crm.core.screens.details import Fact, KeyFact, Section
from crm.customers.filters import AccountFilter
from crm.customers.forms import AccountForm
from crm.customers.links import linked_names, mail_link, phone_link, web_link
from crm.customers.models import Account, Contact
from crm.customers.services.accounts import create_account, update_account
from crm.customers.tables import AccountTable
from crm.customers.views.facts import (
    READ_ALONG,
    amount,
    inactive_obstacle,
    preference_facts,
    terms_facts,
    visible_choice,
)


class AccountListView(ListView):
    model, table, filterset = Account, AccountTable, AccountFilter
    create_url_name = "customers:account_create"
    system_views = (
        SystemView("my-active", gettext_lazy("My active accounts"), "state:active owner:me", default=True),
        SystemView("active", gettext_lazy("All active"), "state:active"),
        SystemView("new", gettext_lazy("New in 30 days"), "created:last-30-days"),
        SystemView("inactive", gettext_lazy("Inactive"), "state:inactive"),
        SystemView("all", gettext_lazy("All accounts")),
    )


class AccountDetailView(DetailView[Account]):
    model = Account
    avatar = "company"
    related = READ_ALONG

    def subtitle(self, record: Account) -> str:
        return ", ".join(part for part in (record.industry, record.get_type_display()) if part)

    def facts(self, record: Account) -> list[Fact]:
        return [
            (_("Phone"), phone_link(record.phone)),
            (_("E-mail"), mail_link(record.email)),
            (_("Website"), web_link(record.website)),
        ]

    def key_facts(self, record: Account) -> list[Fact | KeyFact]:
        parent, person = linked_names(self.request.user, related(record))
        days = record.payment_terms_days
        return [
            KeyFact(_("E-mail"), mail_link(record.email), "email"),
            KeyFact(_("Phone"), phone_link(record.phone), "phone"),
            KeyFact(_("Website"), web_link(record.website), "website"),
            KeyFact(_("Primary contact"), person, "primary_contact"),
            KeyFact(_("Parent account"), parent, "parent"),
            KeyFact(_("Industry"), record.industry, "industry"),
            KeyFact(_("Payment terms"), "" if days is None else _("%(days)d days") % {"days": days}),
            KeyFact(_("On credit hold"), _("yes") if record.credit_hold else "", "credit_hold"),
        ]

    def details(self, record: Account) -> list[Section]:
        parent, person = linked_names(self.request.user, related(record))
        return [
            Section(
                _("Company"),
                [
                    (_("Number"), record.number),
                    (_("Type"), record.get_type_display()),
                    (_("Parent account"), parent),
                    (_("Primary contact"), person),
                    (_("Industry"), record.industry),
                    (_("Size"), record.get_size_display()),
                    (_("Ownership"), record.get_ownership_display()),
                    (_("Annual revenue"), amount(record.annual_revenue, record.currency, self.request.user)),
                    (_("Employees"), shown.quantity(record.employees)),
                    (_("Description"), record.description),
                ],
            ),
            Section(
                _("Reach"),
                [
                    (_("E-mail"), mail_link(record.email)),
                    (_("Phone"), phone_link(record.phone)),
                    (_("Second phone"), phone_link(record.phone2)),
                    (_("Fax"), record.fax),
                    (_("Website"), web_link(record.website)),
                ],
            ),
            Section(_("Terms"), terms_facts(record, self.request.user)),
            Section(_("Preferences"), preference_facts(record)),
        ]

    def edit_obstacle(self, record: Account) -> str:
        return inactive_obstacle(record)


def related(record: Account) -> list[Pair | None]:
    """The account above it and its first contact, by key: their names are printed only to those who may see them."""
    return [
        None if record.parent_id is None else (Account, record.parent_id),
        None if record.primary_contact_id is None else (Contact, record.primary_contact_id),
    ]


class AccountEditView(EditView[Account]):
    model, form_class = Account, AccountForm

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        return {"parent": visible_choice(Account, request, "parent")}

    def create(self, form: AccountForm, actor: Any) -> Account:
        return create_account(values=form.values, owner=actor, actor=actor, at=timezone.now())

    def update(self, record_id: int, form: AccountForm, actor: Any) -> Account:
        return update_account(account_id=record_id, values=form.values, actor=actor, at=timezone.now())

    def obstacle(self, record: Account) -> str:
        return inactive_obstacle(record)


class AccountDeleteView(DeleteView):
    model = Account

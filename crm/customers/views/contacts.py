"""The pages of contacts."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core import format as shown
from crm.core.record_names import Pair
from crm.core.screens import DeleteView, DetailView, EditView, ListView, SystemView
from crm.core.screens.details import Fact, KeyFact, Section
from crm.customers.filters import ContactFilter
from crm.customers.forms import ContactForm
from crm.customers.links import linked_names, mail_link, phone_link, web_link
from crm.customers.models import Account, Contact
from crm.customers.services.contacts import create_contact, update_contact
from crm.customers.tables import ContactTable
from crm.customers.views.facts import READ_ALONG, inactive_obstacle, preference_facts, terms_facts, visible_choice


class ContactListView(ListView):
    model, table, filterset = Contact, ContactTable, ContactFilter
    create_url_name = "customers:contact_create"
    system_views = (
        SystemView("my-active", gettext_lazy("My active contacts"), "state:active owner:me", default=True),
        SystemView("active", gettext_lazy("All active"), "state:active"),
        SystemView("new", gettext_lazy("New in 30 days"), "created:last-30-days"),
        SystemView("inactive", gettext_lazy("Inactive"), "state:inactive"),
        SystemView("all", gettext_lazy("All contacts")),
    )


class ContactDetailView(DetailView[Contact]):
    model = Contact
    avatar = "person"
    related = READ_ALONG

    def subtitle(self, record: Contact) -> str:
        return ", ".join(part for part in (record.job_title, record.department) if part)

    def facts(self, record: Contact) -> list[Fact]:
        (account,) = linked_names(self.request.user, related(record)[:1])
        return [
            (_("Account"), account),
            (_("Phone"), phone_link(record.phone)),
            (_("Mobile"), phone_link(record.mobile)),
            (_("E-mail"), mail_link(record.email)),
        ]

    def key_facts(self, record: Contact) -> list[Fact | KeyFact]:
        return [
            KeyFact(_("E-mail"), mail_link(record.email), "email"),
            KeyFact(_("Phone"), phone_link(record.phone), "phone"),
            KeyFact(_("Mobile"), phone_link(record.mobile), "mobile"),
            KeyFact(_("Job title"), record.job_title, "job_title"),
            KeyFact(_("Department"), record.department, "department"),
            KeyFact(_("Role"), record.get_role_display(), "role"),
            KeyFact(_("Birthday"), shown.day(record.born_on), "born_on"),
        ]

    def details(self, record: Contact) -> list[Section]:
        account, above = linked_names(self.request.user, related(record))
        return [
            Section(
                _("Person"),
                [
                    (_("Salutation"), record.salutation),
                    (_("Birthday"), shown.day(record.born_on)),
                    (_("Description"), record.description),
                ],
            ),
            Section(
                _("Work"),
                [
                    (_("Account"), account),
                    (_("Job title"), record.job_title),
                    (_("Department"), record.department),
                    (_("Role"), record.get_role_display()),
                    (_("Reports to"), above),
                ],
            ),
            Section(
                _("Reach"),
                [
                    (_("E-mail"), mail_link(record.email)),
                    (_("Second e-mail"), mail_link(record.email2)),
                    (_("Phone"), phone_link(record.phone)),
                    (_("Mobile"), phone_link(record.mobile)),
                    (_("Fax"), record.fax),
                    (_("Website"), web_link(record.website)),
                ],
            ),
            Section(_("Terms"), terms_facts(record, self.request.user)),
            Section(_("Preferences"), preference_facts(record)),
        ]

    def edit_obstacle(self, record: Contact) -> str:
        return inactive_obstacle(record)


def related(record: Contact) -> list[Pair | None]:
    """The company and the superior, by key: their names are printed only to those who may see them."""
    return [
        None if record.account_id is None else (Account, record.account_id),
        None if record.reports_to_id is None else (Contact, record.reports_to_id),
    ]


class ContactEditView(EditView[Contact]):
    model, form_class = Contact, ContactForm

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        return {"account": visible_choice(Account, request, "account")}

    def create(self, form: ContactForm, actor: Any) -> Contact:
        return create_contact(values=form.values, owner=actor, actor=actor, at=timezone.now())

    def update(self, record_id: int, form: ContactForm, actor: Any) -> Contact:
        return update_contact(contact_id=record_id, values=form.values, actor=actor, at=timezone.now())

    def obstacle(self, record: Contact) -> str:
        return inactive_obstacle(record)


class ContactDeleteView(DeleteView):
    model = Contact

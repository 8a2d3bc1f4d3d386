"""The lists of accounts and contacts."""

from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from crm.core.access import Link, hidden_name
from crm.core.addresses import screen_url
from crm.core.markup import Pattern
from crm.core.tables import (
    ChoiceColumn,
    Column,
    DateTimeColumn,
    LinkColumn,
    LookupColumn,
    OwnerColumn,
    Paper,
    StateColumn,
    Table,
    TextColumn,
)
from crm.customers.links import linked, mail_link, phone_link
from crm.customers.models import Account, Address, Contact
from crm.customers.states import ACCOUNT_MACHINE, CONTACT_MACHINE

_NAMED = Pattern('<span class="named"><span class="avatar avatar-{}{}" aria-hidden="true">{}</span>{}</span>')
_TITLED = Pattern('<span title="{}">{}</span>')


class NamedColumn(LinkColumn):
    """The name behind its initials: round for people, square for companies."""

    def __init__(self, label: Any, name: str, *, sort: str = "") -> None:
        super().__init__(label, name, sort=sort)

    def cell(self, paper: Paper, *values: Any) -> str:
        words = str(values[1] or "").split()
        is_company = paper.model is Account
        initials = "".join(word[0] for word in (words[:1] if is_company else [*words[:1], *words[1:][-1:]]))
        square = " avatar-company" if is_company else ""
        return _NAMED(len(str(values[1])) % 10, square, initials, super().cell(paper, *values))


class PhoneColumn(Column):
    """A number that can be called; `phone` is read before `mobile`."""

    def cell(self, paper: Paper, *values: Any) -> str:
        return phone_link(next((value for value in values if value), ""))


class MailColumn(Column):
    def cell(self, paper: Paper, *values: Any) -> str:
        return mail_link(values[0])


class CityColumn(LookupColumn):
    """Town and country of the address for bills, else of the first one."""

    key = "city"

    def __init__(self, label: Any, noun: str, *, place: str = "") -> None:
        def cities(keys: Any, _actor: Any) -> dict[int, str]:
            """An address is as visible as its customer, and the customers are on the page."""
            rows = Address.objects.filter(**{f"{noun}__in": keys}).order_by(f"{noun}_id", "-is_default_bill_to", "pk")
            found: Any = rows.distinct(f"{noun}_id").values_list(f"{noun}_id", "city", "country")
            return {key: ", ".join(part for part in (city, country) if part) for key, city, country in found}

        super().__init__(label, cities, place=place)

    def cell(self, paper: Paper, *values: Any) -> str:
        return _TITLED(values[0], values[0]) if values[0] else ""


class AccountOfContactColumn(LookupColumn):
    """The company of each person, named to those who may see it."""

    key = "account"

    def __init__(self, label: Any, *, place: str = "") -> None:
        super().__init__(label, _accounts_of, place=place)

    def cell(self, paper: Paper, *values: Any) -> str:
        return linked(values[0]) if values[0] is not None else ""


def _accounts_of(keys: Any, actor: Any) -> dict[int, Link]:
    """One query; the contacts are those of the page, which the actor may see."""
    seen = Account.objects.visible_to(actor).filter(pk=OuterRef("account_id")).values("name")[:1]
    belonging = Contact.objects.visible_to(actor).filter(pk__in=keys, account__isnull=False)
    found: Any = belonging.annotate(seen=Subquery(seen)).values_list("pk", "account_id", "seen")
    return {pk: _link(account, name) for pk, account, name in found}


def _link(account_id: int, name: str | None) -> Link:
    if name is None:
        return Link(hidden_name(Account), hidden=True)
    return Link(name, screen_url(Account, "detail", account_id))


class AccountTable(Table):
    model = Account
    columns = (
        NamedColumn(_("Name"), "name", sort="sort_key"),
        StateColumn(_("State"), ACCOUNT_MACHINE),
        ChoiceColumn(_("Type"), "type", Account.Type.choices),
        TextColumn(_("Industry"), "industry"),
        CityColumn(_("City"), "account", place="sub"),
        PhoneColumn(_("Phone"), "phone", "phone2"),
        MailColumn(_("E-mail"), "email"),
        DateTimeColumn(_("Changed"), "updated_at", sort="updated_at"),
        OwnerColumn(_("Owner")),
    )
    default_sort = "sort_key"


class ContactTable(Table):
    model = Contact
    columns = (
        NamedColumn(_("Name"), "full_name", sort="sort_key"),
        StateColumn(_("State"), CONTACT_MACHINE),
        TextColumn(_("Job title"), "job_title"),
        AccountOfContactColumn(_("Account"), place="sub"),
        PhoneColumn(_("Phone"), "phone", "mobile"),
        MailColumn(_("E-mail"), "email"),
        DateTimeColumn(_("Changed"), "updated_at", sort="updated_at"),
        OwnerColumn(_("Owner")),
    )
    default_sort = "sort_key"


class AccountContactsTable(Table):
    """The people of one account, on its page."""

    model = Contact
    columns = (
        NamedColumn(_("Name"), "full_name"),
        TextColumn(_("Job title"), "job_title", place="sub"),
        ChoiceColumn(_("Role"), "role", Contact.Role.choices),
        PhoneColumn(_("Phone"), "phone", "mobile"),
        MailColumn(_("E-mail"), "email"),
        StateColumn(_("State"), CONTACT_MACHINE),
    )
    default_sort = "sort_key"


class ChildAccountsTable(Table):
    """The accounts below one account, on its page."""

    model = Account
    columns = (
        NamedColumn(_("Name"), "name"),
        TextColumn(_("Industry"), "industry", place="sub"),
        PhoneColumn(_("Phone"), "phone", "phone2"),
        StateColumn(_("State"), ACCOUNT_MACHINE),
        OwnerColumn(_("Owner")),
    )
    default_sort = "sort_key"

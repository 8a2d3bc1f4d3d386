"""Customers from before the story begins: accounts with people and addresses."""

import datetime as dt
from dataclasses import dataclass

from crm.core.models import Currency
from crm.customers.models import Account, Contact
from crm.customers.services.accounts import create_account, update_account
from crm.customers.services.addresses import add_address
from crm.customers.services.contacts import create_contact
from crm.reports.demo.world import Firm, World
from crm.users.models import User


@dataclass(frozen=True, slots=True)
class Customer:
    """An account with what the next chapters need to know of it."""

    firm: Firm
    account: Account
    contact: Contact
    owner: User


def win_customer(world: World, number: int, at: dt.datetime) -> Customer:
    """An account with an address, its terms and two to four people."""
    firm = world.new_firm()
    owner = world.seller_for(firm)
    values = {**_about(world, firm), "number": f"DEMO-{10_000 + number}", "type": "customer"}
    account = create_account(values=values, owner=owner, actor=owner, at=at)
    add_address(model=Account, customer_id=account.pk, values=firm.place, actor=owner, at=at)
    people = [_hire(world, firm, account, owner, at) for _person in range(world.story.number(3, 4))]
    account = update_account(account_id=account.pk, values={"primary_contact": people[0]}, actor=owner, at=at)
    return Customer(firm, account, people[0], owner)


def _about(world: World, firm: Firm) -> dict[str, object]:
    story = world.story
    return {
        "name": firm.name,
        "industry": firm.industry,
        "email": f"office@{firm.domain}",
        "phone": f"{firm.country.dialing} {story.number(100, 999)}",
        "website": f"https://www.{firm.domain}",
        "employees": story.number(3, 90) * 10,
        "annual_revenue": story.share("2000000", "90000000", "500000"),
        **terms_of(world, firm),
    }


def terms_of(world: World, firm: Firm) -> dict[str, object]:
    """Currency and price list of the firm's country; some have terms of their own."""
    code = firm.country.currency
    return {
        "currency": Currency.objects.get(code=code),
        "price_list": world.catalogue.price_lists[code],
        "payment_terms_days": world.story.pick((None, None, 14, 45)),
    }


def _hire(world: World, firm: Firm, account: Account, owner: User, at: dt.datetime) -> Contact:
    values = {**world.new_person(firm).columns, "account": account}
    return create_contact(values=values, owner=owner, actor=owner, at=at)

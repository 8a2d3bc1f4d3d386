"""How many queries each list, record page and act may cost: with 50 rows or lines no more than with 2.

Counted is all that a request asks of the database: session, person, rights, middleware, frame, the page itself.
The table is literal. An address that is not in it fails the proof, and so does one that asks more than it says.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from crm.core.panels import panels_for
from tests.proofs.crowds import make_crowded_world
from tests.proofs.rights import matrix
from tests.proofs.rows import Row
from tests.proofs.test_rights_matrix import OPEN, our_addresses
from tests.proofs.world import World, browser, passing

LIST, RECORD, ACT, REPORT = 8, 12, 25, 14
SMALL, LARGE = 2, 50

#: By URL name, the most queries of one page.
LISTS = {
    "home": LIST + 1,  # six short lists and their sums, and the names that these mention
    "core:search": LIST,
    "settings": LIST,
    "customers:connection_candidates": LIST,
    "settings_sign_out": LIST,
    "core:palette": LIST,
    "notifications": LIST,
    "data:duplicates": LIST,
    "data:merges": LIST,
    "data:exports": LIST,
    "data:imports": LIST,
    "notification_panel": LIST,
    "leads:lead_list": LIST,
    "reports:reports": LIST,
    "reports:campaign_performance": REPORT,
    "reports:source_effectiveness": REPORT,
    "reports:leads_per_period": REPORT,
    "leads:campaign_list": LIST,
    "leads:campaign_response_list": LIST,
    "leads:marketing_list_list": LIST,
    "leads:campaign_activity_progress": RECORD,
    "leads:capture_form_list": LIST,
    "leads:quarantine": LIST,
    "leads:absences": LIST,
    "customers:account_list": LIST,
    "customers:contact_list": LIST,
    "catalog:product_list": LIST,
    "catalog:price_list_list": LIST,
    "activities:activity_list": LIST,
    "sales:opportunity_list": LIST,
    "sales:quote_list": LIST,
    "sales:order_list": LIST,
    "sales:invoice_list": LIST,
}
#: The whole page with each of its tabs, and each part that is fetched later.
RECORDS = {
    "leads:lead_detail": RECORD,
    "leads:campaign_detail": RECORD,
    "leads:campaign_response_detail": RECORD,
    "leads:marketing_list_detail": RECORD,
    "leads:capture_form_detail": RECORD,
    "customers:account_detail": RECORD,
    "customers:contact_detail": RECORD,
    "catalog:product_detail": RECORD,
    "catalog:price_list_detail": RECORD,
    "activities:activity_detail": RECORD,
    "sales:opportunity_detail": RECORD,
    "sales:quote_detail": RECORD,
    "sales:order_detail": RECORD,
    "sales:invoice_detail": RECORD,
}
#: What a sent form may cost.
ACTS = {
    "activities:activity_assign": ACT,
    "activities:activity_cancel": ACT,
    "activities:activity_complete": ACT,
    "activities:activity_create": ACT,
    "activities:activity_delete": ACT,
    "activities:activity_edit": ACT,
    "activities:activity_pin": ACT,
    "activities:activity_reopen": ACT,
    "activities:activity_unpin": ACT,
    "catalog:price_list_activate": ACT,
    "catalog:price_list_create": ACT,
    "catalog:price_list_deactivate": ACT,
    "catalog:price_list_delete": ACT,
    "catalog:price_list_edit": ACT,
    "catalog:price_list_item_create": ACT,
    "catalog:price_list_item_delete": ACT,
    "catalog:price_list_item_edit": ACT,
    "catalog:product_create": ACT,
    "catalog:product_delete": ACT,
    "catalog:product_edit": ACT,
    "catalog:product_publish": ACT,
    "catalog:product_reactivate": ACT,
    "catalog:product_retire": ACT,
    "catalog:product_revert": ACT,
    "catalog:product_revise": ACT,
    "core:record_field": ACT,
    "core:record_tags": ACT,
    "data:bulk_undo": ACT,
    "data:duplicates_dismiss": ACT,
    "customers:account_activate": ACT,
    "customers:account_address_create": ACT,
    "customers:account_address_delete": ACT,
    "customers:account_address_edit": ACT,
    "customers:account_assign": ACT,
    "customers:account_create": ACT,
    "customers:account_deactivate": ACT,
    "customers:account_edit": ACT,
    "customers:contact_activate": ACT,
    "customers:connection_create": ACT,
    "customers:connection_delete": ACT,
    "customers:connection_edit": ACT,
    "customers:contact_address_create": ACT,
    "customers:contact_address_delete": ACT,
    "customers:contact_address_edit": ACT,
    "customers:contact_assign": ACT,
    "customers:contact_create": ACT,
    "customers:contact_deactivate": ACT,
    "customers:contact_edit": ACT,
    "leads:campaign_assign": ACT,
    "leads:campaign_cancel": ACT,
    "leads:campaign_complete": ACT,
    "leads:campaign_create": ACT,
    "leads:campaign_deactivate": ACT,
    "leads:campaign_delete": ACT,
    "leads:campaign_edit": ACT,
    "leads:campaign_launch": ACT,
    "leads:campaign_prepare": ACT,
    "leads:campaign_reopen": ACT,
    "leads:campaign_resume": ACT,
    "leads:campaign_suspend": ACT,
    "leads:capture_form_create": ACT,
    "leads:capture_form_delete": ACT,
    "leads:capture_form_edit": ACT,
    "leads:field_mapping_create": ACT,
    "leads:field_mapping_delete": ACT,
    "leads:field_mapping_edit": ACT,
    "leads:quarantine_decide": ACT,
    "leads:quarantine_post": ACT,
    "leads:form_field_create": ACT,
    "leads:form_field_delete": ACT,
    "leads:form_field_edit": ACT,
    "leads:campaign_cost_create": ACT,
    "leads:campaign_cost_delete": ACT,
    "leads:campaign_cost_edit": ACT,
    "leads:campaign_response_assign": ACT,
    "leads:campaign_response_cancel": ACT,
    "leads:campaign_response_close": ACT,
    "leads:campaign_response_create": ACT,
    "leads:campaign_response_delete": ACT,
    "leads:campaign_response_edit": ACT,
    "leads:campaign_response_link": ACT,
    "leads:campaign_response_make_lead": ACT,
    "leads:campaign_response_reopen": ACT,
    "sales:campaign_response_make_opportunity": ACT,
    "leads:marketing_list_activate": ACT,
    "leads:marketing_list_add": ACT,
    "leads:marketing_list_assign": ACT,
    "leads:marketing_list_create": ACT,
    "leads:marketing_list_deactivate": ACT,
    "leads:marketing_list_delete": ACT,
    "leads:marketing_list_edit": ACT,
    "leads:marketing_list_lock": ACT,
    "leads:marketing_list_snapshot": ACT,
    "leads:marketing_list_unlock": ACT,
    "leads:campaign_activity_create": ACT,
    "leads:campaign_activity_delete": ACT,
    "leads:campaign_activity_distribute": ACT,
    "leads:campaign_activity_edit": ACT,
    "leads:campaign_activity_undo": ACT,
    "leads:absence_delete": ACT,
    "leads:absences": ACT,
    "leads:lead_assign": ACT,
    "leads:lead_assign_by_rules": ACT,
    "leads:lead_contact": ACT,
    "leads:lead_create": ACT,
    "leads:lead_delete": ACT,
    "leads:lead_disqualify": ACT,
    "leads:lead_edit": ACT,
    "leads:lead_reopen": ACT,
    "settings": ACT,
    "settings_theme": ACT,
    "settings_sign_out": ACT,
    "data:export": ACT,
    "notification_read": ACT,
    "notification_read_all": ACT,
    "notification_settings": ACT,
    "record_share": ACT,
    "record_stop_sharing": ACT,
    "view_create": ACT,
    "view_delete": ACT,
    "view_edit": ACT,
    "view_first": ACT,
    "view_pin": ACT,
    "view_unpin": ACT,
    "sales:account_new_need": ACT,
    "sales:contact_new_need": ACT,
    "sales:invoice_assign": ACT,
    "sales:invoice_cancel": ACT,
    "sales:invoice_create": ACT,
    "sales:invoice_delete": ACT,
    "sales:invoice_edit": ACT,
    "sales:invoice_issue": ACT,
    "sales:invoice_lines": ACT,
    "sales:invoice_lines_preview": ACT,
    "sales:invoice_pay": ACT,
    "sales:invoice_reverse_payment": ACT,
    "sales:lead_qualify": ACT,
    "sales:opportunity_assign": ACT,
    "sales:opportunity_clone": ACT,
    "sales:opportunity_create": ACT,
    "sales:opportunity_create_quote": ACT,
    "sales:opportunity_edit": ACT,
    "sales:opportunity_hold": ACT,
    "sales:opportunity_lines": ACT,
    "sales:opportunity_lines_preview": ACT,
    "sales:opportunity_lose": ACT,
    "sales:opportunity_reopen": ACT,
    "sales:opportunity_resume": ACT,
    "sales:opportunity_win": ACT,
    "sales:order_assign": ACT,
    "sales:order_cancel": ACT,
    "sales:order_create": ACT,
    "sales:order_create_invoice": ACT,
    "sales:order_delete": ACT,
    "sales:order_edit": ACT,
    "sales:order_fulfill": ACT,
    "sales:order_hold": ACT,
    "sales:order_lines": ACT,
    "sales:order_lines_preview": ACT,
    "sales:order_lock": ACT,
    "sales:order_mark_pending": ACT,
    "sales:order_resume": ACT,
    "sales:order_use_current_pricing": ACT,
    "sales:quote_activate": ACT,
    "sales:quote_assign": ACT,
    "sales:quote_close": ACT,
    "sales:quote_create": ACT,
    "sales:quote_create_order": ACT,
    "sales:quote_delete": ACT,
    "sales:quote_edit": ACT,
    "sales:quote_lines": ACT,
    "sales:quote_lines_preview": ACT,
    "sales:quote_revise": ACT,
}
#: What goes along with these is checked for its own right and its own dependents, which takes more queries, but not the
#: more the more there is of it: tests/sales/test_deleting_customers.py.
WITH_BELONGINGS = {"customers:account_delete", "customers:contact_delete", "sales:opportunity_delete"}
#: Neither pages nor acts: a file, what a grid asks while somebody types, a look at a row, bulk changes, merges, maps.
OTHERS = {
    "leads:lead_triage",
    "core:record_peek",
    "leads:quarantine_peek",
    "data:bulk",
    "data:bulk_run",
    "data:bulk_runs",
    "data:duplicates_live",
    "data:duplicates_look",
    "data:merge",
    "data:merge_records",
    "data:unmerge",
    "activities:activity_file",
    "data:export_file",
    "data:cards",
    "data:import",
    "data:import_columns",
    "data:import_failed",
    "data:import_new",
    "data:import_rehearse",
    "data:import_run",
    "data:import_undo",
    "data:import_values",
    "sales:qualification_map",
    "sales:qualification_map_reset",
    "sales:opportunity_line_products",
    "sales:quote_line_products",
    "sales:order_line_products",
    "sales:invoice_line_products",
}
#: What the matrix of rights leaves out, and what makes an act do the most.
_SENT: dict[str, Mapping[str, str]] = {
    "sales:opportunity_win": {"close_quotes": "on"},
    "sales:opportunity_lose": {"close_quotes": "on"},
    "sales:quote_create_order": {"close_opportunity": "on", "close_siblings": "on"},
    "sales:quote_close": {"close_opportunity": "on"},
}
_MARKS = ("SAVEPOINT", "RELEASE", "ROLLBACK")

type Counts = dict[str, dict[str, int]]


@pytest.fixture(scope="module")
def counts(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[int, Counts]]:
    """By number of rows, person and what was asked, how many queries that took."""
    with django_db_blocker.unblock():
        yield {SMALL: _counted(SMALL, ("manager",)), LARGE: _counted(LARGE, ("manager", "own", "all"))}


def _counted(rows: int, people: tuple[str, ...]) -> Counts:
    with passing():
        world = make_crowded_world(rows)
        found = {"own": world.cast.rep_a, "manager": world.cast.manager, "all": world.cast.administrator}
        return {name: dict(_asked_by(browser(found[name]), world, whole=name == people[0])) for name in people}


def _asked_by(client: Client, world: World, *, whole: bool) -> Iterator[tuple[str, int]]:
    """`whole` with the other tabs and the parts of pages, which are the same for everybody."""
    for name, row in matrix(world).items():
        args = world.args(row.record) if row.record else ()
        if name in LISTS:
            yield name, _queries(client, "get", reverse(name, args=args))[0]
        elif name in RECORDS:
            yield from _record_pages(client, world, name, type(world.records[row.record]), whole=whole)
        elif name in ACTS:
            yield name, _act(client, name, reverse(name, args=args), row)


def _act(client: Client, name: str, url: str, row: Row) -> int:
    sent = {**row.sent, **_SENT.get(name, {}), "idempotency_key": name}
    return _queries(client, "post", url, sent)[0]


def _record_pages(client: Client, world: World, name: str, model: Any, *, whole: bool) -> Iterator[tuple[str, int]]:
    """Of every record of this kind: the page, its other tabs, and what is fetched later."""
    for key, record in world.records.items():
        if type(record) is not model:
            continue
        url = reverse(name, args=[record.pk])
        number, page = _queries(client, "get", url)
        yield f"{name} of {key}", number
        later = [panel.name for panel in panels_for(model) if panel.lazy or panel.on_demand]
        parts = [*(f"panel={panel}" for panel in later), *dict.fromkeys(re.findall(r"\?(tab=\w+)", page))]
        for part in parts if whole else ():
            yield f"{name} of {key}, {part}", _queries(client, "get", f"{url}?{part}")[0]


def _queries(client: Client, method: str, url: str, sent: Mapping[str, Any] | None = None) -> tuple[int, str]:
    """How many, and the page. All is taken back afterwards; an answer that is no success would count something else."""
    seen: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    with passing(), connection.execute_wrapper(note):
        response = getattr(client, method)(url, sent or {})
    assert response.status_code in (200, 302, 404), f"{method} {url}: {response.status_code}"
    return len([sql for sql in seen if not sql.startswith(_MARKS)]), response.content.decode()


def _most(label: str) -> int:
    name = label.partition(" of ")[0]
    return {**LISTS, **RECORDS, **ACTS}[name]


def test_every_address_has_its_row() -> None:
    known = {*LISTS, *RECORDS, *ACTS, *WITH_BELONGINGS, *OTHERS}

    assert our_addresses() - set(OPEN) == known


@pytest.mark.parametrize("person", ["own", "manager", "all"])
def test_nothing_costs_more_than_its_row_says(person: str, counts: dict[int, Counts]) -> None:
    """A person who sees what is their own, a manager of eight units, and one who sees all."""
    found = counts[LARGE][person]

    assert {label: number for label, number in found.items() if number > _most(label)} == {}


def test_fifty_rows_or_lines_cost_no_more_than_two(counts: dict[int, Counts]) -> None:
    small, large = counts[SMALL]["manager"], counts[LARGE]["manager"]
    # A list with more than one page has its rows counted; where its view narrows them the planner is asked before.
    most = {label: small.get(label, 0) + 2 * (label in LISTS) for label in large}

    assert {label: (small.get(label), number) for label, number in large.items() if number > most[label]} == {}

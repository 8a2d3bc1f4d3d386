"""Who gets what at which address, as a literal table. An address that is not in it fails the proof.

A word has one letter for each of `ROLES`: o allowed, f forbidden (403), h hidden (404), m no such method
(405), p a page that writes nothing (200).
`sent` is what an allowed person would send, so that nobody is refused for a wrong form instead of a missing right.
"""

from typing import Any

from crm.customers.models import ConnectionRole
from tests.factories.opportunities import today
from tests.proofs.marketing_rights import campaigns
from tests.proofs.rows import (
    ALL,
    CATALOGUE,
    DONE,
    HIDDEN,
    KEPT,
    KEPT_RECORD,
    MAKE,
    NEED,
    NONE,
    OWN,
    PREVIEW,
    READ,
    RUN,
    SEEN,
    WORK,
    Row,
    act,
    pages,
)
from tests.proofs.world import COMMON, World

ROLES = ("owner", "colleague", "stranger", "manager", "administrator", "reader")


class FreshFile:
    """An upload that can be sent again and again."""

    name = "leads.csv"
    content_type = "text/csv"

    def read(self) -> bytes:
        return b"Last Name,Company\nTyped,Typed\n"


def lines_of(noun: str) -> dict[str, Row]:
    """The grid, what saving it would give, and the products that it offers: all for those who may change it."""
    return {
        f"sales:{noun}_lines": act(noun, **_LINES),
        f"sales:{noun}_lines_preview": Row(noun, NONE, PREVIEW, _LINES),
        f"sales:{noun}_line_products": Row(noun, WORK, NONE),
    }


_LINES: dict[str, Any] = {
    "lines-total": 1,
    "line-0-kind": "write_in",
    "line-0-item": "Extra",
    "line-0-quantity": 1,
    "line-0-price": 5,
}
_ITEM: dict[str, Any] = {"amount": "5"}
_PREFERENCES: dict[str, Any] = {"preferred_contact_method": "any"}
_ADDRESS = {"name": "Dock", "city": "Leeds"}


def matrix(world: World) -> dict[str, Row]:
    """By URL name."""
    return {
        **_frame(world),
        **_leads(world),
        **campaigns(world),
        **_customers(world),
        **_catalogue(world),
        **_activities(world),
        **_sales(world),
    }


def _frame(world: World) -> dict[str, Row]:
    return {
        "home": Row(),
        "core:search": Row(),
        "settings": Row("", ALL, ALL, {"theme": "dark", "number_format": "1.234,56"}),
        "settings_theme": Row("", NONE, ALL, {"theme": "dark"}),
        "settings_sign_out": Row("", ALL, ALL),
        "core:palette": Row(),
        "notifications": Row(),
        "notification_panel": Row(),
        "notification_read": Row("notification", NONE, "ohhhhh"),
        "notification_read_all": Row("", NONE, ALL),
        "notification_settings": Row("", ALL, ALL, {"kinds": ["assigned"]}),
        "core:record_field": Row("lead field", WORK, WORK, {"topic": "Typed"}),
        "core:record_peek": Row("leads lead", READ),
        "data:bulk": Row("bulk noun", ALL, "hhhhhh"),  # without an act; see tests/data/test_bulk_pages.py
        "data:bulk_runs": Row(),
        "data:bulk_run": Row("bulk run", "ohhhhh"),
        "data:bulk_undo": Row("bulk run", "ohhhhh", "ohhhhh"),
        "data:merge_records": Row("bulk noun", HIDDEN, HIDDEN),  # without records; see tests/data/test_merge_pages.py
        "data:merges": Row(),
        "data:merge": Row("merge", WORK),
        "data:unmerge": Row("merge", WORK, WORK),
        "data:duplicates": Row("", MAKE),
        "data:duplicates_look": Row("", NONE, "ffffof"),
        "data:duplicates_live": Row("bulk noun", NONE, "pppppf", {"last_name": "Typed"}),
        "data:duplicates_dismiss": Row("bulk noun", NONE, WORK, {"id": [lead.pk for lead in world.records["twins"]]}),
        "core:record_tags": Row("leads lead", WORK, WORK, {"add": "VIP"}),
        "data:exports": Row("", MAKE),
        "data:export": Row(
            "", MAKE, MAKE, {"list": "/leads/?view=all", "format": "csv", "columns": "shown", "separator": "comma"}
        ),
        "data:imports": Row(),
        "data:import_new": Row("", MAKE, MAKE, {"noun": "leads", "file": FreshFile()}),
        "data:cards": Row("", MAKE, MAKE, {"card-Last Name": "Typed", "check": "1"}),
        "data:import": Row("import rehearsed", OWN),
        "data:import_columns": Row(
            "import draft",
            OWN,
            OWN,
            {"column-0": "last_name", "order": "dmy", "decimal": ".", "duplicates": "skip"},
        ),
        "data:import_values": Row("import rehearsed", OWN, OWN),
        "data:import_rehearse": Row("import draft", OWN, OWN),
        "data:import_run": Row("import rehearsed", OWN, OWN),
        "data:import_undo": Row("import done", OWN, OWN),
        "data:import_failed": Row("import done", OWN),
        "data:export_file": Row("export", "ohhhhf"),
        "record_share": Row("leads lead", WORK, WORK, {"user": world.cast.read_only.pk}),
        "record_stop_sharing": Row("lead share", WORK, WORK),
        "view_create": Row("", ALL, ALL, {"name": "Typed", "noun": "leads.lead"}),
        "view_edit": Row("view", OWN, OWN, {"name": "Typed"}),
        "view_delete": Row("view", OWN, OWN),
        "view_pin": Row("view", NONE, OWN),
        "view_unpin": Row("view", NONE, OWN),
        "view_first": Row("first view", NONE, ALL),
    }


def sharing(world: World) -> list[tuple[str, Row]]:
    """The address under which all other owned tables are shared, too."""
    words = {"activities activity": DONE, "campaigns campaign": RUN}
    nouns = ("accounts account", "contacts contact", "opportunities opportunity", "quotes quote", "orders order")
    more = ("campaign-responses campaign response", "marketing-lists marketing list", "campaigns campaign")
    return [
        ("record_share", Row(key, word, word, {"user": world.cast.read_only.pk}))
        for key in (*nouns, "invoices invoice", "activities activity", *more)
        for word in (words.get(key, WORK),)
    ]


def _lead_forms(world: World) -> dict[str, Row]:
    kept = {"read": KEPT_RECORD, "work": KEPT_RECORD, "make": KEPT}
    typed = {"name": "Typed", "source": "web", "language": "en", "again": "lead", "sensitivity": "normal"}
    return {
        **pages("leads:capture_form", **kept, **typed),
        "leads:capture_form_list": Row("", KEPT),
        "leads:form_field_create": act("capture form", KEPT_RECORD, column="city", label="Typed"),
        "leads:form_field_edit": act("form field", KEPT_RECORD, column="email", label="Typed"),
        "leads:form_field_delete": act("form field", KEPT_RECORD),
        "leads:field_mapping_create": act("capture form", KEPT_RECORD, sent_as="Typed", column="city"),
        "leads:field_mapping_edit": act("field mapping", KEPT_RECORD, sent_as="Typed", column="city"),
        "leads:field_mapping_delete": act("field mapping", KEPT_RECORD),
        "leads:quarantine": Row("", KEPT),
        "leads:quarantine_decide": Row("", NONE, KEPT, {"act": "bin"}),
        "leads:quarantine_post": act("captured post", KEPT_RECORD, act="bin"),
        "leads:quarantine_peek": Row("captured post", KEPT_RECORD),
    }


def _leads(world: World) -> dict[str, Row]:
    colleague: dict[str, Any] = {"owner": world.cast.rep_b.pk}
    return {
        **_lead_forms(world),
        "leads:absences": Row("", ALL, ALL, {"first_on": "2031-05-01", "last_on": "2031-05-02"}),
        "leads:absence_delete": Row("absence", OWN, OWN),
        **pages("leads:lead", last_name="Typed", **_PREFERENCES),
        "leads:lead_contact": act("lead"),
        "leads:lead_triage": Row(
            "", ALL, WORK, {"act": "disqualify", "lead": world.records["lead"].pk, "status_reason": "lost"}
        ),
        "leads:lead_disqualify": act("lead", status_reason="lost"),
        "leads:lead_reopen": act("lead disqualified"),
        "leads:lead_assign": act("lead", **colleague),
        "leads:lead_assign_by_rules": act("lead"),
        "sales:qualification_map": Row("", KEPT, KEPT),
        "sales:qualification_map_reset": Row("", KEPT, KEPT),
        "sales:lead_qualify": act(
            "lead",
            **{
                "account-choice": "skip",
                "contact-choice": "create",
                "contact-last_name": "Typed",
                "opportunity-choice": "skip",
            },
        ),
    }


def _customers(world: World) -> dict[str, Row]:
    rows = pages("customers:account", name="Typed", **_PREFERENCES)
    rows |= pages("customers:contact", last_name="Typed", **_PREFERENCES)
    for noun in ("account", "contact"):
        rows |= {
            f"customers:{noun}_activate": act(f"{noun} inactive"),
            f"customers:{noun}_deactivate": act(noun),
            f"customers:{noun}_assign": act(noun, owner=world.cast.rep_b.pk),
            f"customers:{noun}_address_create": act(noun, **_ADDRESS),
            f"customers:{noun}_address_edit": act(f"{noun} address", **_ADDRESS),
            f"customers:{noun}_address_delete": act(f"{noun} address"),
            f"sales:{noun}_new_need": act(noun, NEED, topic="Typed"),
        }
    role: dict[str, Any] = {"role": ConnectionRole.objects.get(name="Referrer").pk}
    return rows | {
        "customers:connection_create": act("accounts account", noun="user", name=world.cast.read_only.name, **role),
        "customers:connection_edit": act("account connection", **role),
        "customers:connection_delete": act("account connection"),
        "customers:connection_candidates": Row("accounts account", WORK, NONE),
    }


def _catalogue(world: World) -> dict[str, Row]:
    product, price_list = world.records["product"], world.records["price list"]
    typed = {
        "number": "T-1",
        "name": "Typed",
        "type": product.type,
        "unit_group": product.unit_group_id,
        "default_unit": product.default_unit_id,
        "decimals": 2,
        "currency": product.currency_id,
        "tax_rate": product.tax_rate_id,
    }
    everybody = {"read": ALL, "work": CATALOGUE, "make": CATALOGUE}
    priced = {"name": "Typed", "currency": price_list.currency_id}
    moves = {"publish": "product draft", "revise": "product", "revert": "product revised"}
    moves |= {"retire": "product", "reactivate": "product retired"}
    return {
        **pages("catalog:product", **everybody, **typed),
        **pages("catalog:price_list", **everybody, **priced),
        **{f"catalog:product_{move}": act(record, CATALOGUE) for move, record in moves.items()},
        "catalog:price_list_activate": act("price list inactive", CATALOGUE),
        "catalog:price_list_deactivate": act("price list", CATALOGUE),
        "catalog:price_list_item_create": act("price list", CATALOGUE, product=product.number, **_ITEM),
        "catalog:price_list_item_edit": act("price list item", CATALOGUE, unit=_unit(world), **_ITEM),
        "catalog:price_list_item_delete": act("price list item", CATALOGUE),
    }


def _unit(world: World) -> Any:
    return world.records["price list item"][1].unit_id


def _activities(world: World) -> dict[str, Row]:
    task: dict[str, Any] = {"kind": "task", "subject": "Typed", "priority": 1, "status_reason": "not_started"}
    return {
        **pages("activities:activity", read=SEEN, work=DONE, **task),
        "activities:activity_complete": act("activity", DONE),
        "activities:activity_cancel": act("activity", DONE),
        "activities:activity_reopen": act("activity done", DONE),
        "activities:activity_pin": act("activity", DONE),
        "activities:activity_unpin": act("activity pinned", DONE),
        "activities:activity_assign": act("activity", DONE, owner=world.cast.rep_b.pk),
        "activities:activity_file": Row("activity file", SEEN),
    }


def _sales(world: World) -> dict[str, Row]:
    return {**_opportunities(world), **_quotes(world), **_orders(world), **_invoices(world)}


def _header(world: World, noun: str) -> dict[str, Any]:
    """The customer is one whom all sellers see."""
    return {"customer_account": COMMON, "currency": world.records[noun].currency_id}


def _opportunities(world: World) -> dict[str, Row]:
    typed = {"topic": "Typed", "probability": 50, "revenue_mode": "user", **_header(world, "opportunity")}
    closing = {"closed_on": today().isoformat()}
    return {
        **pages("sales:opportunity", **typed, rating="warm", forecast_category="pipeline"),
        **lines_of("opportunity"),
        "sales:opportunity_win": act("opportunity", **closing, actual_revenue=5),
        "sales:opportunity_lose": act("opportunity", **closing, status_reason="out_sold"),
        "sales:opportunity_reopen": act("opportunity won"),
        "sales:opportunity_hold": act("opportunity"),
        "sales:opportunity_resume": act("opportunity held"),
        "sales:opportunity_clone": act("opportunity"),
        "sales:opportunity_assign": act("opportunity", owner=world.cast.rep_b.pk),
        "sales:opportunity_create_quote": act("opportunity"),
    }


def _quotes(world: World) -> dict[str, Row]:
    return {
        **pages("sales:quote", name="Typed", **_header(world, "quote")),
        **lines_of("quote"),
        "sales:quote_activate": act("quote"),
        "sales:quote_create_order": act("quote active"),
        "sales:quote_revise": act("quote active"),
        "sales:quote_close": act("quote active", status_reason="lost"),
        "sales:quote_assign": act("quote active", owner=world.cast.rep_b.pk),
    }


def _orders(world: World) -> dict[str, Row]:
    moves = {"lock": "order", "use_current_pricing": "order", "mark_pending": "order", "hold": "order"}
    moves |= {"resume": "order held", "cancel": "order", "create_invoice": "order"}
    return {
        **pages("sales:order", name="Typed", **_header(world, "order")),
        **{f"sales:order_{move}": act(record) for move, record in moves.items()},
        "sales:order_fulfill": act("order", status_reason="complete"),
        "sales:order_assign": act("order", owner=world.cast.rep_b.pk),
        **lines_of("order"),
    }


def _invoices(world: World) -> dict[str, Row]:
    payment = world.records["payment"].pk
    return {
        **pages("sales:invoice", name="Typed", **_header(world, "invoice")),
        **lines_of("invoice"),
        "sales:invoice_issue": act("invoice"),
        "sales:invoice_cancel": act("invoice"),
        "sales:invoice_pay": act("invoice issued", amount=5),
        "sales:invoice_assign": act("invoice issued", owner=world.cast.rep_b.pk),
        # A seller sees the payment of an own invoice; taking it back is for managers and finance.
        "sales:invoice_reverse_payment": act("invoice partly paid", "fhhoof", payment=payment, reason="Bounced"),
    }

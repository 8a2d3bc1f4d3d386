"""Every page of the product, as a literal list. An address of the URLconf that is not in it fails a test.

`record` is a key of the scene; `form` names a control of the form which is filled in and sent with `sent`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404

from crm.core.errors import Conflict
from tests.browser import marketing
from tests.browser.data_pages import DATA
from tests.browser.import_pages import IMPORTS


@dataclass(frozen=True)
class Page:
    """What somebody sees at one address; `who` is a person of the scene, "" nobody."""

    name: str
    address: str
    record: str = ""
    #: What the address takes beside the record.
    args: tuple[str, ...] = ()
    who: str = "owner"
    status: int = 200
    #: `{lead}` stands for the key of this record of the scene.
    query: str = ""
    form: str = ""
    sent: Mapping[str, Any] = field(default_factory=dict)
    #: What the page fails with, for the pages that tell of errors.
    raised: Exception | None = None


#: Addresses that answer with no page of their own: they lead elsewhere, or give a file or data.
PAGELESS = {
    "healthz",
    "settings_theme",
    "customers:connection_candidates",
    "core:palette",
    "notification_panel",
    "notification_read",
    "notification_read_all",
    "activities:activity_file",
    "data:export_file",
    "data:duplicates_dismiss",
    "data:duplicates_live",
    "data:duplicates_look",
    "data:import_failed",
    "activities:activity_pin",
    "activities:activity_unpin",
    "view_pin",
    "view_unpin",
    "view_first",
    "leads:capture",
    "leads:quarantine_decide",
    "leads:web_to_lead",
    *(f"leads:hubspot_{version}" for version in ("v2", "v3", "secure")),
    *(f"leads:{system}" for system in ("zoho", "vtiger", "suitecrm", "espocrm", "dataverse")),
    "capture/<str:form_key>/",
    "capture/<path:form_key>",
    "servlet/servlet.WebToLead/",
    "account_set_password",
    "mfa_download_recovery_codes",
    "mfa_login_webauthn",
    *(f"sales:{noun}_lines_preview" for noun in ("opportunity", "quote", "order", "invoice")),
    *(f"sales:{noun}_line_products" for noun in ("opportunity", "quote", "order", "invoice")),
}

_LISTS = (
    *marketing.LISTS,
    "leads:lead_list",
    "sales:opportunity_list",
    "sales:quote_list",
    "sales:order_list",
    "sales:invoice_list",
    "customers:account_list",
    "customers:contact_list",
    "activities:activity_list",
    "catalog:product_list",
    "catalog:price_list_list",
)

#: By record page the records that it is shown with, and its tabs.
_RECORDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    **marketing.RECORDS,
    "leads:lead": (
        ("lead with all", "lead", "lead disqualified", "lead qualified", "lead long"),
        ("timeline", "details", "related", "history"),
    ),
    "sales:opportunity": (
        ("opportunity on the line", "opportunity", "opportunity held", "opportunity lost", "opportunity long"),
        ("timeline", "lines", "details", "related", "history"),
    ),
    "sales:quote": (
        ("quote won", "quote", "quote active", "quote closed", "quote long"),
        ("timeline", "lines", "details", "related", "history"),
    ),
    "sales:order": (
        ("order on the line", "order", "order held", "order long"),
        ("timeline", "lines", "details", "related", "history"),
    ),
    "sales:invoice": (
        ("invoice paid", "invoice", "invoice issued", "invoice partly paid", "invoice long"),
        ("timeline", "lines", "details", "related", "history"),
    ),
    "customers:account": (
        ("account", "account inactive", "account long"),
        ("timeline", "details", "related", "history"),
    ),
    "customers:contact": (
        ("contact", "contact inactive", "contact long"),
        ("timeline", "details", "related", "history"),
    ),
    "activities:activity": (("activity", "activity done", "activity long"), ("details", "related", "history")),
    "catalog:product": (
        ("product", "product draft", "product revised", "product retired"),
        ("details", "related", "history"),
    ),
    "catalog:price_list": (("price list", "price list inactive"), ("lines", "details", "related", "history")),
}

#: Forms by their first control, and what is wrong with them when it is sent.
_WRONG: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    **marketing.WRONG,
    "leads:lead": ("last_name", {"last_name": "", "company": "", "email": "nobody", "estimated_value": "much"}),
    "sales:opportunity": ("topic", {"topic": "", "probability": "400", "customer_account": "No such"}),
    "sales:quote": ("name", {"name": "", "customer_account": "No such", "discount_percent": "400"}),
    "sales:order": ("name", {"name": "", "customer_account": "No such", "discount_percent": "400"}),
    "sales:invoice": ("name", {"name": "", "customer_account": "No such", "discount_percent": "400"}),
    "customers:account": ("name", {"name": "", "email": "nobody"}),
    "customers:contact": ("last_name", {"last_name": "", "email": "nobody"}),
    "activities:activity": ("subject", {"subject": "", "due_at_0": "once"}),
    "catalog:product": ("number", {"number": "", "name": "", "decimals": "77"}),
    "catalog:price_list": ("name", {"name": ""}),
}

#: Lead forms are kept by marketing and administrators.
_FORMS = (
    Page("capture form list", "leads:capture_form_list", query="view=all"),
    Page("capture form list, no match", "leads:capture_form_list", query="view=all&q=zzzz"),
    Page("capture form", "leads:capture_form_detail", "capture form"),
    Page("capture form, details", "leads:capture_form_detail", "capture form", query="tab=details"),
    Page("capture form, related", "leads:capture_form_detail", "capture form", query="tab=related"),
    Page("capture form, history", "leads:capture_form_detail", "capture form", query="tab=history"),
    Page("new capture form", "leads:capture_form_create"),
    Page("new capture form, with errors", "leads:capture_form_create", status=422, form="name", sent={"name": ""}),
    Page("edit capture form", "leads:capture_form_edit", "capture form"),
    Page("delete capture form", "leads:capture_form_delete", "capture form"),
    Page("quarantine", "leads:quarantine"),
    Page("quarantine, nothing", "leads:quarantine", query="show=binned"),
    Page("quarantine, one post", "leads:quarantine_post", "captured post"),
    Page("quarantine, a look at a post", "leads:quarantine_peek", "captured post"),
    Page("new field of a form", "leads:form_field_create", "capture form"),
    Page("edit a field of a form", "leads:form_field_edit", "form field"),
    Page("remove a field of a form", "leads:form_field_delete", "form field"),
    Page("new mapping of a form", "leads:field_mapping_create", "capture form"),
    Page("edit a mapping of a form", "leads:field_mapping_edit", "field mapping"),
    Page("remove a mapping of a form", "leads:field_mapping_delete", "field mapping"),
)

#: Questions and forms before a move, with the records that may make it.
_MOVES: Mapping[str, str] = {
    **marketing.MOVES,
    "leads:lead_contact": "lead",
    "leads:lead_disqualify": "lead",
    "leads:lead_reopen": "lead disqualified",
    "leads:lead_assign": "lead",
    "leads:lead_assign_by_rules": "lead",
    "sales:lead_qualify": "lead with all",
    "sales:account_new_need": "account",
    "sales:contact_new_need": "contact",
    "sales:opportunity_lines": "opportunity",
    "sales:opportunity_win": "opportunity",
    "sales:opportunity_lose": "opportunity",
    "sales:opportunity_reopen": "opportunity won",
    "sales:opportunity_hold": "opportunity",
    "sales:opportunity_resume": "opportunity held",
    "sales:opportunity_clone": "opportunity",
    "sales:opportunity_assign": "opportunity",
    "sales:opportunity_create_quote": "opportunity",
    "sales:quote_lines": "quote",
    "sales:quote_activate": "quote",
    "sales:quote_create_order": "quote active",
    "sales:quote_revise": "quote active",
    "sales:quote_close": "quote active",
    "sales:quote_assign": "quote",
    "sales:order_lines": "order",
    "sales:order_fulfill": "order",
    "sales:order_create_invoice": "order",
    "sales:order_lock": "order",
    "sales:order_use_current_pricing": "order",
    "sales:order_mark_pending": "order",
    "sales:order_hold": "order",
    "sales:order_resume": "order held",
    "sales:order_cancel": "order",
    "sales:order_assign": "order",
    "sales:invoice_lines": "invoice",
    "sales:invoice_issue": "invoice",
    "sales:invoice_pay": "invoice issued",
    "sales:invoice_cancel": "invoice",
    "sales:invoice_assign": "invoice issued",
    "customers:account_activate": "account inactive",
    "customers:account_deactivate": "account",
    "customers:account_assign": "account",
    "customers:account_address_create": "account",
    "customers:account_address_edit": "account address",
    "customers:account_address_delete": "account address",
    "customers:connection_create": "accounts account",
    "customers:connection_edit": "account connection",
    "customers:connection_delete": "account connection",
    "customers:contact_activate": "contact inactive",
    "customers:contact_deactivate": "contact",
    "customers:contact_assign": "contact",
    "customers:contact_address_create": "contact",
    "customers:contact_address_edit": "contact address",
    "customers:contact_address_delete": "contact address",
    "activities:activity_complete": "activity",
    "activities:activity_cancel": "activity",
    "activities:activity_reopen": "activity done",
    "activities:activity_assign": "activity",
}
#: The catalogue is kept by the administrator; payments are taken back by those who keep the books.
_HIGHER_MOVES: Mapping[str, str] = {
    "sales:invoice_reverse_payment": "invoice partly paid",
    "catalog:product_publish": "product draft",
    "catalog:product_revise": "product",
    "catalog:product_revert": "product revised",
    "catalog:product_retire": "product",
    "catalog:product_reactivate": "product retired",
    "catalog:price_list_activate": "price list inactive",
    "catalog:price_list_deactivate": "price list",
    "catalog:price_list_item_create": "price list",
    "catalog:price_list_item_edit": "price list item",
    "catalog:price_list_item_delete": "price list item",
}

_ENTRANCE = (
    Page("sign in", "account_login", who=""),
    Page("sign in, refused", "account_login", who="", form="login", sent={"login": "owner", "password": "no"}),
    Page("sign in, switched off", "account_inactive", who=""),
    Page("set up", "setup", who=""),
    Page("set up, with errors", "setup", who="", status=422, form="organisation", sent={"password": "123"}),
    Page("password reset", "account_reset_password", who=""),
    Page("password reset sent", "account_reset_password_done", who=""),
    Page("password reset, bad link", "account_reset_password_from_key", who=""),
    Page("password reset, done", "account_reset_password_from_key_done", who=""),
    Page("second step", "mfa_authenticate", who="careful halfway"),
    Page("second step, refused", "mfa_authenticate", who="careful halfway", form="code", sent={"code": "000000"}),
    Page("lead form, thanks", "leads:capture_open", who="", sent={"email": "katrin@ostermoor.example"}),
    Page("lead form, opened", "leads:capture_open", who="", status=405),
    Page("hosted form", "leads:hosted_form", "hosted form", who=""),
    Page("hosted form, with errors", "leads:hosted_form", "hosted form", who="", status=422, sent={"email": "nobody"}),
    Page("hosted form, thanks", "leads:hosted_thanks", "hosted form", who=""),
    Page("hosted form, closed", "leads:hosted_form", args=("nobody",), who="", status=404),
)
_ACCOUNT = (
    Page("sign out", "account_logout"),
    Page("password", "account_change_password"),
    Page("password, with errors", "account_change_password", form="oldpassword", sent={"oldpassword": "no"}),
    Page("password, asked again", "account_reauthenticate"),
    Page("two steps, off", "mfa_index"),
    Page("two steps, on", "mfa_index", who="careful"),
    Page("two steps, asked again", "mfa_reauthenticate", who="careful"),
    Page("two steps, app", "mfa_activate_totp"),
    Page("two steps, app off", "mfa_deactivate_totp", who="careful"),
    Page("two steps, codes", "mfa_view_recovery_codes", who="careful"),
    Page("two steps, new codes", "mfa_generate_recovery_codes", who="careful"),
    Page("two steps, keys", "mfa_list_webauthn", who="careful"),
    Page("two steps, new key", "mfa_add_webauthn"),
    Page("two steps, key asked again", "mfa_reauthenticate_webauthn", who="careful"),
    Page("two steps, key away", "mfa_remove_webauthn", "key", who="careful"),
    Page("two steps, key named", "mfa_edit_webauthn", "key", who="careful"),
)
_FRAME = (
    *(Page(name, address, **more) for name, address, more in marketing.REPORTS),
    Page("today", "home"),
    Page("today, nothing", "home", who="newcomer"),
    Page("today, too much", "home", who="hoarder"),
    Page("today, no role", "home", who="guest"),
    Page("search, nothing asked", "core:search"),
    Page("search, found", "core:search", query="q=Quill"),
    Page("search, too much", "core:search", query="q=Donau", who="hoarder"),
    Page("search, none", "core:search", query="q=zzzz"),
    Page("settings", "settings"),
    Page("settings, with errors", "settings", status=422, form="time_zone", sent={"time_zone": "Mars/Olympus"}),
    Page("settings, sign out elsewhere", "settings_sign_out"),
    Page("notifications", "notifications"),
    Page("notifications, nothing", "notifications", who="newcomer"),
    Page("notifications, too much", "notifications", who="hoarder"),
    Page("notifications, what to be told", "notification_settings"),
    *(Page(*args, **more) for args, more in (*DATA, *IMPORTS)),  # type: ignore[arg-type]  # names of texts first
    Page("new view", "view_create", query="noun=leads.lead&columns=name,company&group=owner"),
    Page("view", "view_edit", "view"),
    Page("view, with errors", "view_edit", "view", status=422, form="name", sent={"name": ""}),
    Page("delete a view", "view_delete", "view"),
    Page("refused", "leads:lead_delete", "lead", who="reader", status=403),
    Page("hidden", "leads:lead_detail", "lead", who="stranger", status=404),
)
_CLASH = Conflict("Somebody else was quicker.", details=("The state is now Won.", "The amount is now 20."))
_ERRORS = (
    Page("error 400", "home", status=400, raised=BadRequest()),
    Page("error 403", "home", status=403, raised=PermissionDenied()),
    Page("error 404", "home", status=404, raised=Http404()),
    Page("error 409", "home", status=409, raised=_CLASH),
    Page("error 500", "home", status=500, raised=RuntimeError()),
)


def pages() -> list[Page]:
    """All of them; each name once."""
    kept = [replace(page, who="administrator") for page in _FORMS]
    return [*_ENTRANCE, *_ACCOUNT, *_FRAME, *_ERRORS, *_lists(), *_records(), *_forms(), *_acts(), *kept]


def _lists() -> Iterator[Page]:
    for address in _LISTS:
        noun = _noun(address)
        yield Page(f"{noun} list", address, query="view=all")
        yield Page(f"{noun} list, nothing", address, who="newcomer")
        yield Page(f"{noun} list, too much", address, who="hoarder", query="view=all")
        yield Page(f"{noun} list, no match", address, query="view=all&q=zzzz")
    yield Page("lead list, usual view", "leads:lead_list")
    yield Page("triage", "leads:lead_triage", query="undo=run-1")
    yield Page("triage, nothing waits", "leads:lead_triage", who="reader")
    yield Page("triage, no right", "leads:lead_triage", who="guest", status=403)
    columns = "columns=name,company,account.industry,owner,created_at"
    looks = f"{columns}&group=owner&density=compact"
    yield Page("lead list, columns and groups", "leads:lead_list", query=f"view=all&{looks}")
    yield Page("opportunity list, board", "sales:opportunity_list", query="view=all&layout=board")
    yield Page("lead list, board", "leads:lead_list", query=f"view=all&layout=board&group=rating&{columns}")
    yield Page("lead list, board, too much", "leads:lead_list", who="hoarder", query="view=all&layout=board")
    yield Page("lead list, its look", "leads:lead_list", query=f"view=all&{looks}&panel=look")
    yield Page("lead list, a condition", "leads:lead_list", query="view=all&panel=filter")
    for asked in ("rating", "estimated_value", "created"):
        panel = f"view=all&panel=filter&field={asked}"
        yield Page(f"lead list, a condition on {asked}", "leads:lead_list", query=panel)
    yield Page("lead list, wrong query", "leads:lead_list", query="view=all&q=ratin:hot")
    yield Page("lead list, a part in the box", "leads:lead_list", query="view=all&q=owner:me&edit=rating:hot")
    yield Page("lead list, its look, too much", "leads:lead_list", who="hoarder", query="view=all&panel=look")
    yield Page("lead list, strange", "leads:lead_list", query="view=none&sort=none&owner=none&after=none")
    yield Page("lead list, no right", "leads:lead_list", who="guest", status=403)


def _records() -> Iterator[Page]:
    for noun, (records, tabs) in _RECORDS.items():
        address = f"{noun}_detail"
        for record in records:
            who = "hoarder" if record.endswith(" long") else "owner"
            first = Page(record, address, record, who=who)
            yield first
        opened = Page("", address, records[0])
        yield from (replace(opened, name=f"{records[0]}, {tab}", query=f"tab={tab}") for tab in tabs)
        yield Page(f"{records[0]}, by the manager", address, records[0], who="manager")


def _forms() -> Iterator[Page]:
    for noun, (control, wrong) in _WRONG.items():
        (record, *_others), _tabs = _RECORDS[noun]
        record = _EDITED.get(noun, record)
        who = "administrator" if noun.startswith("catalog:") else "owner"
        new, edit = Page(f"new {_noun(noun)}", f"{noun}_create", who=who), Page("", f"{noun}_edit", record, who=who)
        yield new
        yield replace(new, name=f"{new.name}, with errors", status=422, form=control, sent=wrong)
        yield replace(edit, name=f"edit {record}")
        yield replace(edit, name=f"edit {record}, stale", status=409, form=control, sent=_STALE | {control: "Typed"})
        yield replace(edit, name=f"delete {record}", address=f"{noun}_delete")
    yield Page("edit activity of a lead", "activities:activity_create", query="kind=appointment")


_STALE = {"version": "0"}
#: Records that may still be edited, where the first of the list may not.
_EDITED = {
    "sales:opportunity": "opportunity",
    "sales:quote": "quote",
    "sales:order": "order",
    "sales:invoice": "invoice",
}


def _acts() -> Iterator[Page]:
    for address, record in _MOVES.items():
        yield Page(address, address, record)
    for address, record in _HIGHER_MOVES.items():
        yield Page(address, address, record, who="administrator")
    yield Page("a move that is not legal", "sales:quote_activate", "quote active", status=409)
    yield Page(
        "a move with errors", "sales:invoice_pay", "invoice issued", status=422, form="amount", sent={"amount": ""}
    )
    yield Page("qualify, too much", "sales:lead_qualify", "lead long", who="hoarder")
    yield Page("lines, too much", "sales:quote_lines", "quote long", who="hoarder")
    wrong = {"line-0-quantity": "many", "line-0-price": "dear"}
    yield Page("lines with errors", "sales:quote_lines", "quote", status=422, form="lines-total", sent=wrong)


def _noun(address: str) -> str:
    return address.partition(":")[2].removesuffix("_list").replace("_", " ")

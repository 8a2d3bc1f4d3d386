"""What the pages are shown with: nothing, the usual, and far too much."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from crm.core.actors import SYSTEM
from crm.users.models import User
from crm.users.rights import SALESPERSON
from crm.users.services.notifications import notify, read_all_notifications
from leads.models import Lead
from sales.models import Opportunity, QuoteLine
from sales.services.invoices import issue_invoice
from sales.services.orders import create_order_from_quote
from sales.services.payments import pay_invoice
from sales.services.quotes import activate_quote, create_quote_from_opportunity, update_quote
from tests.factories.activities import make_activity, make_completed
from tests.factories.campaigns import make_campaign
from tests.factories.custom import make_field_of_each_kind
from tests.factories.leads import make_disqualified_lead, make_lead
from tests.factories.opportunities import make_lost, make_qualified
from tests.factories.sales import (
    make_account,
    make_active_quote,
    make_contact,
    make_invoice,
    make_invoice_of_order,
    make_issued_invoice,
    make_opportunity,
    make_order,
    make_product,
    make_quote,
    put_lines,
    row,
    write_in,
)
from tests.factories.users import UnitFactory, UserFactory
from tests.proofs.world import World, make_world

#: A page of a list and a little more.
MANY = 53
#: Of that many notifications the first ones are read.
_UNREAD = 40
_WORDS = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk & Überlandleitungsbaugesellschaft mbH, Werk Nord – "
_TEXT = f"{_WORDS}Angebot über Rührwerke, Plattenwärmetauscher und Inbetriebnahme\n\n" * 6
#: Of the person who signs in with two steps.
NAME_OF_KEY = "Blue key"
SECRET_CODE = "JBSWY3DPEHPK3PXP"

type Rows = dict[str, Any]


@dataclass
class Scene:
    """`world` with more records under further keys, and more people around them."""

    world: World
    people: dict[str, User] = field(default_factory=dict)

    def person(self, role: str) -> User:
        return self.people.get(role) or self.world.person(role)


def make_scene() -> Scene:
    """`newcomer` has nothing, `hoarder` too much, `guest` no role, `careful` signs in with two steps."""
    scene = Scene(make_world())
    scene.people = {
        "newcomer": UserFactory.create(username="newcomer", name="Nina Newcomer", role=SALESPERSON),
        "hoarder": UserFactory.create(username="hoarder", name=_long(150), role=SALESPERSON),
        "guest": UserFactory.create(username="guest", name="Gus Guest"),
        "careful": _with_two_steps(UserFactory.create(username="careful", name="Carla Careful", role=SALESPERSON)),
        "idle": UserFactory.create(
            username="idle", name="Ida Idle", is_active=False, business_unit=UnitFactory.create()
        ),
    }
    owner: Any = scene.world.cast.rep_a
    scene.world.records |= _chain(owner) | _ends(owner) | _too_much(scene.people["hoarder"])
    _add_fields(scene.world.records, owner)
    return scene


def _add_fields(records: Rows, person: Any) -> None:
    """One of each kind on leads and on lines of quotes, with values on one lead and on the lines of one quote."""
    values = {
        "my_text": "Wide belt",
        "my_long_text": "One line\nand another",
        "my_whole": "1250",
        "my_decimal": "0.125",
        "my_money": "99.5",
        "my_date": "2026-03-31",
        "my_time": "14:30:00",
        "my_yes_no": True,
        "my_choice": "green",
        "my_choices": ["fax", "visit"],
        "my_person": person.pk,
        "my_record": records["account"].pk,
    }
    for noun in ("leads.lead", "sales.quoteline"):
        make_field_of_each_kind(noun)
    Lead.objects.filter(pk=records["lead with all"].pk).update(custom=values)
    QuoteLine.objects.filter(document=records["quote"]).update(custom=values)


def _long(limit: int) -> str:
    return (_WORDS * (limit // len(_WORDS) + 1))[:limit].rstrip()


def _with_two_steps(user: Any) -> Any:
    TOTP.activate(user, SECRET_CODE)
    RecoveryCodes.activate(user)
    WebAuthn.add(user, NAME_OF_KEY, _credential())
    return user


def _credential() -> dict[str, Any]:
    """What a browser sends when a key is registered; nobody ever signs in with this one."""
    key = ES256.from_cryptography_key(  # type: ignore[no-untyped-call]  # their types are missing
        ec.generate_private_key(ec.SECP256R1()).public_key()
    )
    credential = AttestedCredentialData.create(b"\0" * 16, b"blue key", key)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
    known = AuthenticatorData.create(b"\0" * 32, flags, 0, credential)
    asked = CollectedClientData.create("webauthn.create", b"challenge", "http://127.0.0.1")
    return {
        "id": websafe_encode(b"blue key"),
        "rawId": websafe_encode(b"blue key"),
        "type": "public-key",
        "clientExtensionResults": {},
        "response": {
            "clientDataJSON": websafe_encode(bytes(asked)),
            "attestationObject": websafe_encode(bytes(AttestationObject.create("none", known, {}))),
        },
    }


def _chain(owner: Any) -> Rows:
    """One line from the lead to the paid invoice, with activities of every kind on the way."""
    now = timezone.now()
    qualified = make_qualified(owner, topic="Density for the new brewhouse", email="megan@williams.example")
    opportunity = Opportunity.objects.get(qualification_results__qualification=qualified)
    wares = [row(make_product("149.50"), "3"), row(make_product("64.75"), "2.5"), write_in("80")]
    put_lines(opportunity, *wares)
    quote = create_quote_from_opportunity(opportunity_id=opportunity.pk, actor=SYSTEM, at=now)
    update_quote(quote_id=quote.pk, values={"discount_percent": Decimal(5)}, actor=SYSTEM, at=now)
    activate_quote(quote_id=quote.pk, actor=SYSTEM, at=now)
    order = create_order_from_quote(quote_id=quote.pk, actor=SYSTEM, at=now)
    invoice = issue_invoice(invoice_id=make_invoice_of_order(order).pk, actor=SYSTEM, at=now)
    pay_invoice(invoice_id=invoice.pk, amount=invoice.total_amount, actor=SYSTEM, at=now)
    for kind in ("note", "task", "phone_call", "email", "appointment"):
        make_activity(owner, kind, regarding=opportunity, description="They asked for two lines.")
    make_completed(owner, "phone_call", regarding=qualified.lead)
    make_activity(owner, "task", regarding=qualified.lead, due_at=now - timedelta(days=3))
    return {
        "lead qualified": qualified.lead,
        "opportunity on the line": opportunity,
        "quote won": quote,
        "order on the line": order,
        "invoice paid": invoice,
    }


def _ends(owner: Any) -> Rows:
    return {
        "opportunity lost": make_lost(owner, topic="Too dear"),
        "lead with all": make_lead(
            owner,
            last_name="Complete",
            email="c@complete.example",
            phone="+44 20 7946 0018",
            website="https://complete.example",
            city="Leeds",
            country="United Kingdom",
            topic="Everything known",
            description="Line one\nLine two",
            estimated_value=Decimal(86000),
        ),
    }


def _too_much(owner: Any) -> Rows:
    name, topic = _long(200), _long(300)
    account = make_account(owner, name, phone="+49 30 5550 123", website=f"https://{'long.' * 30}example/")
    contact = make_contact(owner, first_name=_long(100), last_name=_long(100), account=account)
    of: Rows = {"customer_account": account}
    lines = [write_in("1234567.89", "12345.5", name=_long(200)) for _ in range(40)]
    rows: Rows = {
        "lead long": make_lead(owner, first_name=_long(100), last_name=_long(100), company=name, topic=topic),
        "campaign long": make_campaign(owner, _long(200), objective=_TEXT),
        "account long": account,
        "contact long": contact,
        "opportunity long": make_opportunity(owner, lines, topic=topic, description=_TEXT, **of),
        "quote long": make_quote(owner, lines, name=_long(200), **of),
        "order long": make_order(owner, lines, name=_long(200), **of),
        "invoice long": make_issued_invoice(owner, lines, name=_long(200), **of),
        "activity long": make_activity(owner, "task", subject=_long(200), description=_TEXT, regarding=account),
    }
    for _ in range(MANY):
        make_lead(owner, last_name=_long(90), company=name, topic=topic, estimated_value=Decimal("12345678.90"))
    more: tuple[Callable[[], Any], ...] = (
        lambda: make_account(owner, name),
        lambda: make_contact(owner, last_name=_long(100), account=account),
        lambda: make_opportunity(owner, topic=topic, estimated_revenue=Decimal("12345678.90"), **of),
        lambda: make_active_quote(owner, name=_long(200), **of),
        lambda: make_order(owner, name=_long(200), **of),
        lambda: make_invoice(owner, name=_long(200), **of),
        lambda: make_activity(owner, "phone_call", subject=_long(200), description=_TEXT, regarding=account),
        lambda: make_disqualified_lead(owner, last_name=_long(100), company=name),
    )
    for make in more:
        for _ in range(6):
            make()
    for number in range(MANY):
        notify(person_id=owner.pk, text=_TEXT[:500], url="/leads/", kind="job", at=timezone.now())
        if number == _UNREAD:
            read_all_notifications(actor=owner, at=timezone.now())
    return rows

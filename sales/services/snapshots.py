"""The copies of seller and buyer that a document takes when it is fixed, and the addresses it starts with."""

from crm.core.models import Organisation
from crm.customers.services.addresses import bill_and_ship_to
from sales.models import DocumentModel

ADDRESS_PARTS = ("name", "street", "city", "state_or_province", "postal_code", "country")
_PLACE = ADDRESS_PARTS[1:]
_NAME_AT_MOST = 200
_SELLER = {
    "seller_name": "name",
    "seller_street": "street",
    "seller_city": "city",
    "seller_state_or_province": "state_or_province",
    "seller_postal_code": "postal_code",
    "seller_country": "country",
    "seller_tax_number": "tax_number",
    "seller_registration_number": "registration_number",
    "seller_email": "email",
    "seller_phone": "phone",
}


def copy_parties(document: DocumentModel, organisation: Organisation) -> None:
    """Write seller and buyer as they are called today onto the document, and their address if it has none yet."""
    for column, source in _SELLER.items():
        setattr(document, column, getattr(organisation, source))
    document.seller_bank = "\n".join(
        " ".join(part for part in (account.bank, account.iban, account.bic) if part)
        for account in organisation.bank_accounts.order_by("pk")
        if account.currency_id in (None, document.currency_id)
    )
    customer = document.customer
    document.buyer_name = str(customer)
    document.buyer_email = customer.email
    document.buyer_tax_number = customer.tax_number
    document.buyer_contact_name = str(document.contact) if document.contact else ""
    fill_addresses(document)


def fill_addresses(document: DocumentModel) -> None:
    """Bill-to and ship-to from the customer's default addresses, where no place is typed yet. A typed name stays."""
    open_uses = [use for use in ("bill_to", "ship_to") if not has_place(document, use)]
    found = dict(zip(("bill_to", "ship_to"), bill_and_ship_to(document.customer), strict=True)) if open_uses else {}
    for use in ("bill_to", "ship_to"):
        name = str(document.customer)
        if use in open_uses:
            address = found[use]
            name = address.name
            for part in _PLACE:
                setattr(document, f"{use}_{part}", getattr(address, part))
        if not getattr(document, f"{use}_name"):
            setattr(document, f"{use}_name", name[:_NAME_AT_MOST])


def has_place(document: DocumentModel, use: str) -> bool:
    return any(getattr(document, f"{use}_{part}") for part in _PLACE)

"""The editable fields that accounts and contacts share."""

TERMS_FIELDS = (
    "currency",
    "price_list",
    "payment_terms_days",
    "credit_limit",
    "credit_hold",
    "tax_number",
    "territory",
)
PREFERENCE_FIELDS = (
    "do_not_email",
    "do_not_bulk_email",
    "do_not_phone",
    "do_not_post",
    "do_not_fax",
    "preferred_contact_method",
)

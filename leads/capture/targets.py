"""What a field of a form can be: a column of leads that strangers may fill, or a field that an administrator added."""

from collections.abc import Mapping
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.core.actors import WEB_FORM
from crm.core.custom.definitions import FORM_PREFIX, Definition, definitions_of
from leads.capture.custom import open_definitions
from leads.models import Lead

ASKED = (
    "salutation",
    "first_name",
    "middle_name",
    "last_name",
    "email",
    "email2",
    "phone",
    "mobile",
    "fax",
    "company",
    "job_title",
    "website",
    "street",
    "city",
    "state_or_province",
    "postal_code",
    "country",
    "topic",
    "description",
    "industry",
    "employees",
    "annual_revenue",
    "do_not_email",
    "do_not_bulk_email",
    "do_not_phone",
    "do_not_fax",
)
"""Columns for which a hosted form can ask, in the order in which they are offered."""

SENT = ("source", "rating", "currency", "campaign_code", "referrer")
"""Columns that only a sender's own fields bring."""

UTM = {
    "utm_source": _("UTM source"),
    "utm_medium": _("UTM medium"),
    "utm_campaign": _("UTM campaign"),
    "utm_term": _("UTM term"),
    "utm_content": _("UTM content"),
    "gclid": _("Google click ID"),
}
IGNORED = "ignored"
"""Target of a mapping whose values stay with the post alone."""

FIRST_FIELDS = ("first_name", "last_name", "email", "phone", "company", "description")
"""What a new form asks for before anybody has thought about it."""


def label_of(column: str) -> str:
    """What a column is called where the form says nothing else."""
    added = added_fields().get(column)
    if added is not None:
        return added.label
    if column == IGNORED:
        return gettext("Leave with the post")
    if column in UTM:
        return str(UTM[column])
    field: Any = Lead._meta.get_field(column)
    return str(capfirst(str(field.verbose_name)))


def added_fields() -> Mapping[str, Definition]:
    """By form name (`custom_…`) the added fields that a stranger may fill."""
    return {one.form_name: one for one in open_definitions(definitions_of(Lead, WEB_FORM))}


def asked_choices() -> list[tuple[str, str]]:
    return [(column, label_of(column)) for column in (*ASKED, *added_fields())]


def mapped_choices() -> list[tuple[str, str]]:
    return [(column, label_of(column)) for column in (*ASKED, *SENT, *UTM, *added_fields(), IGNORED)]


def is_added(column: str) -> bool:
    return column.startswith(FORM_PREFIX)

"""The columns of a lead: which a person edits, which only a form on a website fills, which are computed. Pure."""

from collections.abc import Mapping
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm.core.errors import Invalid
from crm.core.folding import company_key, fold, website_domain
from crm.customers import keys
from leads.models import Lead
from leads.models.lead import NAMELESS

EDITABLE = (
    "topic",
    "salutation",
    "first_name",
    "middle_name",
    "last_name",
    "job_title",
    "company",
    "email",
    "email2",
    "phone",
    "mobile",
    "fax",
    "website",
    "street",
    "city",
    "state_or_province",
    "postal_code",
    "country",
    "description",
    "source",
    "rating",
    "industry",
    "currency",
    "annual_revenue",
    "employees",
    "campaign",
    "budget_amount",
    "budget_status",
    "purchase_timeframe",
    "purchase_process",
    "need",
    "decision_maker",
    "estimated_value",
    "estimated_close_on",
    "existing_account",
    "existing_contact",
    "do_not_email",
    "do_not_bulk_email",
    "do_not_phone",
    "do_not_post",
    "do_not_fax",
    "preferred_contact_method",
)
ATTRIBUTION = (
    "campaign_code",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
    "gclid",
    "referrer",
)
CONSENT = ("consent_text", "consent_at", "consent_origin")
WRITABLE = (*EDITABLE, *ATTRIBUTION, *CONSENT)
COMPUTED = ("name", "sort_key", "email_key", "company_key", "website_domain", "phone_e164", "mobile_e164")


def has_identity(*, topic: str, last_name: str, company: str, email: str) -> bool:
    """Whether there is enough to call a lead something."""
    return bool(topic.strip() or last_name.strip() or company.strip() or email.strip())


def settle(lead: Lead) -> None:
    """Check that the lead can be called something, and compute every column that follows from others."""
    if not has_identity(topic=lead.topic, last_name=lead.last_name, company=lead.company, email=lead.email):
        raise Invalid(str(NAMELESS), field="last_name")
    if lead.website and not website_domain(lead.website):
        raise Invalid(_("Enter a web address such as https://www.example.com."), field="website")
    person = " ".join(filter(None, (lead.first_name, lead.middle_name, lead.last_name)))
    lead.name = person or lead.company or lead.email or lead.topic
    lead.sort_key = fold(" ".join(filter(None, (lead.last_name, lead.first_name))) or lead.name)
    lead.email_key = keys.email_key(lead.email)
    lead.company_key = company_key(lead.company)
    lead.website_domain = keys.website_domain(lead.website)
    lead.phone_e164 = keys.phone_key(lead.phone)
    lead.mobile_e164 = keys.phone_key(lead.mobile)


def _plain(text: str) -> str:
    return "".join(sign for sign in fold(text) if sign.isalnum())


@lru_cache(8)
def _sources(_language: str | None) -> Mapping[str, str]:
    """What each word for a source means; made once for each language."""
    found = {"website": Lead.Source.WEB.value, "internet": Lead.Source.WEB.value}
    for value, label in Lead.Source.choices:
        found |= {_plain(value): value, _plain(str(label)): value}
    return found


def known_source(text: str) -> str:
    """The product's source that the text names, else the text itself: a sender's own words are worth keeping."""
    wanted = _plain(text)
    return _sources(get_language()).get(wanted, text) if wanted else text


def source_label(source: str) -> str:
    """The word for one of the product's sources; a sender's own words stay as they are."""
    return str(dict(Lead.Source.choices).get(source, source))

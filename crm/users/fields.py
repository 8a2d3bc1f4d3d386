"""What may be read, queried and shown of people and of where they stand."""

from django.contrib.auth import get_user_model

from crm.core.fields import derived, register_fields
from crm.core.models import Currency
from crm.users.models import BusinessUnit, Team, Territory


def register() -> None:
    person = get_user_model()
    register_fields(person, *(derived(person, name) for name in ("name", "username", "email", "job_title", "phone")))
    for model in (Team, BusinessUnit, Territory):
        register_fields(model, derived(model, "name"))
    register_fields(Currency, derived(Currency, "code"), derived(Currency, "name"))

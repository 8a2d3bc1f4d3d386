"""Who can be given a record at all, to own it or as a share."""

from typing import Any

from django.utils.translation import gettext as _

from crm.core.access import READ
from crm.core.errors import Invalid
from crm.users.access import may, permission_name
from crm.users.models import OwnedModel, User


def check_person(person: User, model: type[OwnedModel], *, field: str) -> None:
    """Raise `Invalid` at the field for one who has left, or who could not open a single record of this table."""
    if not person.is_active:
        raise Invalid(_("This person no longer works here."), field=field)
    if not may(person, permission_name(model, READ)):
        values: dict[str, Any] = {"person": person, "records": model._meta.verbose_name_plural}
        raise Invalid(
            _("No role of %(person)s allows to see %(records)s. Choose somebody else, or have a role added first.")
            % values,
            field=field,
        )

"""People of the house from files: by administrators, without a password; they set one through *Forgotten*."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.errors import Forbidden, Invalid
from crm.core.folding import fold
from crm.core.transactions import service
from crm.data.importing.building import FULL_NAME, built
from crm.data.importing.drafts import Draft, Work
from crm.data.importing.registry import Importer, Key, Same, Values, register_importer
from crm.data.importing.targets import column_target
from crm.users.models import BusinessUnit, Role, User, UserRole
from crm.users.rights import SALES_MANAGER, SALESPERSON
from crm.users.services.ownership import follow_owner

_COLUMNS = ("username", "email", "job_title", "phone", "time_zone")


def register() -> None:
    register_importer(PEOPLE)


def _tidy(draft: Draft, _work: Work) -> None:
    name = draft.values.pop("full_name", "")
    if name:
        draft.values["name"] = name[:150]
    if draft.values.get("email"):
        draft.values["email"] = draft.values["email"].lower()


def _build(draft: Draft, work: Work) -> User:
    user = built(User, draft, work, password=make_password(None))
    if not user.name and not user.username:
        raise Invalid(_("Enter a name or a login."), field="name")
    user.username = user.username or _login(user.name)
    user.name = user.name or user.username
    unit: Any = user.business_unit_id
    user.business_unit_id = unit if unit is not None else work.actor.business_unit_id
    return user


def _login(name: str) -> str:
    """`Łukasz Żółć` signs in as `lukasz.zolc`."""
    return re.sub(r"[^\w.+-]+", ".", fold(name)).strip(".")[:150]


def _after(drafts: Sequence[Draft], work: Work) -> Sequence[models.Model]:
    role = work.once("salesperson", lambda: Role.objects.get(name=SALESPERSON))
    UserRole.objects.bulk_create(UserRole(user=draft.record, role=role) for draft in drafts)
    return ()


@service("user.imported")
def _update(pk: int, values: Values, *, actor: User, at: dt.datetime) -> User:
    user = User.objects.select_for_update().get(pk=pk)
    if not actor.is_administrator:
        raise Forbidden(_("Only an administrator changes people."))
    for name, value in values.items():
        setattr(user, name, value)
    if user.manager_id is not None:
        # As it is now: an earlier row may have changed whom the manager reports to.
        user.manager = User.objects.get(pk=user.manager_id)
    try:
        user.clean()
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="manager") from error
    user.save(update_fields=list(values))
    if "business_unit" in values:
        follow_owner(user)
    return user


def _make_manager(name: str, work: Work) -> User:
    user = User.objects.create_user(_login(name), name=name[:150], business_unit_id=work.actor.business_unit_id)
    UserRole.objects.create(user=user, role=Role.objects.get(name=SALES_MANAGER))
    return user


def _make_unit(name: str, work: Work) -> BusinessUnit:
    """Below that of the person who imports."""
    return BusinessUnit.objects.create(name=name[:100], parent_id=work.actor.business_unit_id)


def _is_administrator(actor: Any) -> bool:
    return bool(getattr(actor, "is_administrator", False))


PEOPLE = Importer(
    model=User,
    columns=_COLUMNS,
    targets=(
        FULL_NAME,
        column_target(User, "name"),
        column_target(User, "manager", may_make=True),
        column_target(User, "business_unit", may_make=True),
    ),
    tidy=_tidy,
    build=_build,
    after=_after,
    update=lambda pk, values, actor, at: _update(pk, values, actor=actor, at=at),
    keys=(Key("username", "username"), Key("email", "email", str.lower)),
    same=(
        Same(("username",), gettext_lazy("Same login")),
        Same(("email",), gettext_lazy("Same e-mail address")),
        Same(("name",), gettext_lazy("Same name")),
    ),
    parts=("user_roles",),
    make={"manager": _make_manager, "business_unit": _make_unit},
    is_owned=False,
    may=_is_administrator,
    names={
        "external_id": "userid id",
        "name": "name fullname salesagent salesrep user username1 person employee mitarbeiter",
        "username": "login username userid1 alias",
        "manager": "manager managername reportsto supervisor teamlead",
        "business_unit": "businessunit unit regionaloffice office region team division",
        "job_title": "title jobtitle position",
    },
)

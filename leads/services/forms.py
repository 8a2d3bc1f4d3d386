"""Lead forms: what a website posts to."""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _

from crm.core.actors import Actor
from crm.core.errors import Invalid
from crm.core.folding import one_line
from crm.core.models import Organisation
from crm.core.transactions import service
from crm.users.models import BusinessUnit, Team, User
from leads.capture.redirects import allowed_host
from leads.models import CaptureForm


@service("form.ensured")
def ensure_form(
    *, name: str, hosts: Iterable[str] = (), owner: User | Team | None = None, actor: Actor, at: dt.datetime
) -> CaptureForm:
    """The form of this name, made if there is none. Hosts are added to those that it has; an owner replaces its own."""
    title = one_line(name)
    if not title or len(title) > 200:
        raise Invalid(_("Give the form a name of at most 200 characters."), field="name")
    wanted = clean_hosts(hosts)
    form: CaptureForm | None = CaptureForm.objects.select_for_update().filter(name=title).first()
    if form is None:
        form, _is_new = CaptureForm.objects.get_or_create(name=title, defaults=_owned(owner or default_owner()))
    if owner is not None:
        _give(form, owner)
    form.allowed_hosts = [*form.allowed_hosts, *(host for host in wanted if host not in form.allowed_hosts)]
    form.save()
    return form


def clean_hosts(hosts: Iterable[str]) -> list[str]:
    """The hosts as they are compared; `Invalid` for what names none."""
    cleaned = []
    for entry in hosts:
        host = allowed_host(entry)
        if not host:
            raise Invalid(
                _("“%(entry)s” is not a host such as www.example.com.") % {"entry": entry}, field="allowed_hosts"
            )
        cleaned.append(host)
    return list(dict.fromkeys(cleaned))


def owner_of(form: CaptureForm) -> User | Team:
    """Who gets the leads of this form."""
    return form.owner or form.owner_team or default_owner()


def default_owner() -> User | Team:
    """The first administrator, else a team of the root unit: before anybody signed in posts are kept too."""
    administrator = User.objects.filter(is_active=True, is_administrator=True).order_by("pk").first()
    return administrator or _root_team()


def _root_team() -> Team:
    unit = BusinessUnit.objects.filter(parent=None).order_by("pk").first()
    if unit is None:
        unit, _is_new = BusinessUnit.objects.get_or_create(name=Organisation.load().name[:100])
    team = Team.objects.filter(business_unit=unit, kind=Team.Kind.OWNER).order_by("pk").first()
    return team or Team.objects.get_or_create(name=unit.name, defaults={"business_unit": unit})[0]


def _owned(owner: User | Team) -> dict[str, User | Team | None]:
    if isinstance(owner, Team):
        return {"owner": None, "owner_team": owner}
    return {"owner": owner, "owner_team": None}


def _give(form: CaptureForm, owner: User | Team) -> None:
    for name, value in _owned(owner).items():
        setattr(form, name, value)

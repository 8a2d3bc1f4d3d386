"""Lead forms: what a website posts to."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from crm.core.access import WRITE, check_create, lock_for
from crm.core.actors import Actor
from crm.core.errors import Invalid, NotFound
from crm.core.folding import fold, one_line
from crm.core.models import Organisation
from crm.core.transactions import service
from crm.core.values import save, set_values
from crm.users.models import BusinessUnit, Team, User
from crm.users.services.ownership import check_owner
from leads.capture.redirects import allowed_host, safe_return_url
from leads.capture.targets import FIRST_FIELDS, label_of
from leads.models import CaptureForm, FieldMapping, FormField, Lead

FORM_FIELDS = (
    "name",
    "is_active",
    "owner",
    "owner_team",
    "by_rules",
    "source",
    "campaign",
    "again",
    "heading",
    "introduction",
    "button",
    "language",
    "consent_text",
    "thanks",
    "redirect_url",
    "allowed_hosts",
    "sensitivity",
    "needs_captcha",
)
FIELD_FIELDS = ("column", "label", "help", "is_required", "position")
MAPPING_FIELDS = ("sent_as", "column")
_FIELDS = {"form_field_once": "column", "form_mapping_once": "sent_as", "capture_form_at_most_one_owner": "owner_team"}


@service("form.created")
def create_form(*, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> CaptureForm:
    """A new form, which asks for what most forms ask for."""
    check_create(actor, CaptureForm)
    form = CaptureForm()
    _set_form(form, values)
    _ask_the_usual(form)
    return form


@service("form.changed")
def update_form(*, form_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> CaptureForm:
    form = lock_for(CaptureForm, form_id, actor, WRITE)
    _set_form(form, values)
    return form


@service("form.field_added")
def add_field(*, form_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> FormField:
    """Without a position it comes last; without a label it is called like its column."""
    form = lock_for(CaptureForm, form_id, actor, WRITE)
    field = FormField(form=form)
    _set_field(field, values)
    return field


@service("form.field_changed")
def update_field(*, field_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> FormField:
    field = _part(FormField, field_id, actor)
    _set_field(field, values)
    return field


@service("form.field_removed")
def remove_field(*, field_id: int, actor: Actor, at: dt.datetime) -> CaptureForm:
    field = _part(FormField, field_id, actor)
    field.delete()
    return field.form


@service("form.mapping_added")
def add_mapping(*, form_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> FieldMapping:
    mapping = FieldMapping(form=lock_for(CaptureForm, form_id, actor, WRITE))
    _set_mapping(mapping, values)
    return mapping


@service("form.mapping_changed")
def update_mapping(*, mapping_id: int, values: Mapping[str, Any], actor: Actor, at: dt.datetime) -> FieldMapping:
    mapping = _part(FieldMapping, mapping_id, actor)
    _set_mapping(mapping, values)
    return mapping


@service("form.mapping_removed")
def remove_mapping(*, mapping_id: int, actor: Actor, at: dt.datetime) -> CaptureForm:
    mapping = _part(FieldMapping, mapping_id, actor)
    mapping.delete()
    return mapping.form


def _set_form(form: CaptureForm, values: Mapping[str, Any]) -> None:
    given = {**values, "name": one_line(str(values["name"])), "allowed_hosts": clean_hosts(values["allowed_hosts"])}
    set_values(form, given, FORM_FIELDS)
    form.sort_key = fold(form.name)
    _settle_owner(form)
    if form.redirect_url and safe_return_url(form.redirect_url, form.allowed_hosts) is None:
        raise Invalid(_("Enter an address on one of the allowed hosts."), field="redirect_url")
    if CaptureForm.with_bin.filter(name=form.name).exclude(pk=form.pk).exists():
        raise Invalid(_("There is a lead form of this name already."), field="name")
    save(form, fields=_FIELDS)


def _settle_owner(form: CaptureForm) -> None:
    """Somebody gets the leads, and one only."""
    if form.owner is not None and form.owner_team is not None:
        raise Invalid(_("Choose a person or a team, not both."), field="owner_team")
    chosen = form.owner or form.owner_team
    if chosen is None:
        _give(form, default_owner())
    else:
        check_owner(chosen, Lead)


def _ask_the_usual(form: CaptureForm) -> None:
    for position, column in enumerate(FIRST_FIELDS, 1):
        required = column in {"last_name", "email"}
        FormField.objects.create(
            form=form, column=column, label=label_of(column), position=position * 10, is_required=required
        )


def _set_field(field: FormField, values: Mapping[str, Any]) -> None:
    given = dict(values)
    given["label"] = one_line(str(given.get("label") or "")) or label_of(str(given["column"]))
    if given.get("position") is None:
        last = field.form.fields.exclude(pk=field.pk).aggregate(last=Max("position"))["last"]
        given["position"] = min((last or 0) + 10, 32_000)
    set_values(field, given, FIELD_FIELDS)
    save(field, fields=_FIELDS)


def _set_mapping(mapping: FieldMapping, values: Mapping[str, Any]) -> None:
    set_values(mapping, {**values, "sent_as": str(values["sent_as"]).strip()}, MAPPING_FIELDS)
    save(mapping, fields=_FIELDS)


def _part[P: FormField | FieldMapping](model: type[P], part_id: int, actor: Actor) -> P:
    """The part as it is once its form is locked."""
    rows: Any = model._default_manager
    form_id = rows.filter(pk=part_id).values_list("form", flat=True).first()
    form = lock_for(CaptureForm, form_id or 0, actor, WRITE)
    part: P | None = rows.filter(pk=part_id).first()
    if part is None:
        raise NotFound(_("This is not there any more."))
    part.form = form
    return part


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
        defaults = {"sort_key": fold(title), **_owned(owner or default_owner())}
        form, is_new = CaptureForm.objects.get_or_create(name=title, defaults=defaults)
        if is_new:
            _ask_the_usual(form)
    if owner is not None:
        _give(form, owner)
    form.allowed_hosts = [*form.allowed_hosts, *(host for host in wanted if host not in form.allowed_hosts)]
    form.save()
    return form


def form_of_key(key: str) -> CaptureForm | None:
    """The form of a hosted page; none where it is switched off."""
    found: CaptureForm | None = CaptureForm.objects.filter(key=key[:40], is_active=True).first()
    return found


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

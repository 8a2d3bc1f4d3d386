"""A post from a website becomes a lead; whatever happens, the post itself is kept."""

import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from crm.core.actors import WEB_FORM, Actor
from crm.core.custom.definitions import definitions_of
from crm.core.custom.writing import VALUES
from crm.core.folding import storable
from crm.core.models import Currency
from crm.core.transactions import service
from leads.capture.aliases import LeadReading, lead_values
from leads.capture.custom import read_custom
from leads.capture.flags import Flag
from leads.capture.reading import Fields, Submission, read_submission
from leads.capture.redirects import safe_return_url
from leads.models import CapturedPost, CaptureForm, Lead
from leads.services.forms import owner_of
from leads.services.leads import write_lead
from leads.values import known_source

logger = logging.getLogger(__name__)

QUARANTINE_CAP = 1_000
"""Posts to unknown forms that are kept; the oldest give way. Posts to a form that exists always stay."""

_LONGEST_KEY = 40
_KEPT_KEY = 100
_KEPT_ERROR = 2_000


@dataclass(frozen=True, slots=True)
class RawPost:
    """A request as it came; `path_key` is the form key of its address, "" without one."""

    path_key: str
    path: str
    query_string: str
    content_type: str
    body: bytes
    headers: Mapping[str, str]
    remote_address: str | None


@dataclass(slots=True)
class _Case:
    """One post on its way to a verdict."""

    post: RawPost
    submission: Submission = field(default_factory=lambda: Submission(fields=()))
    reading: LeadReading = field(default_factory=LeadReading)
    form: CaptureForm | None = None
    lead: Lead | None = None
    verdict: str = CapturedPost.Verdict.FAILED
    error: str = ""
    unknown: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The key in the address wins over that in the body."""
        return storable(self.post.path_key).strip() or self.submission.form_key


@service("lead.captured")
def take_post(*, post: RawPost, actor: Actor, at: dt.datetime) -> str | None:
    """Keep the post and make a lead of it where that is possible. Gives the address to send the visitor to.

    The address depends on the form's hosts alone, so the answer tells nobody what became of the post.
    """
    case = _Case(post)
    _read(case)
    case.form = _form_of(case.key)
    case.verdict = _judge(case)
    if case.verdict == CapturedPost.Verdict.LEAD:
        _make_lead(case, actor, at)
    kept = _keep(case, at)
    if case.verdict == CapturedPost.Verdict.FAILED:
        logger.error("Captured post %d did not become a lead: %s", kept.pk, case.error.partition(":")[0])
    if case.form is None:
        _drop_oldest()
        return None
    return safe_return_url(case.submission.return_url, case.form.allowed_hosts)


def _read(case: _Case) -> None:
    try:
        case.submission = read_submission(
            body=case.post.body, content_type=case.post.content_type, query_string=case.post.query_string
        )
        case.reading = lead_values(case.submission)
    except Exception as error:
        case.error = _described(error)
    case.flags = [*case.submission.flags, *case.reading.flags]
    case.unknown = list(case.reading.unknown)


def _form_of(key: str) -> CaptureForm | None:
    """Forms in the bin too: what they get is kept as that of an inactive form."""
    if not key or len(key) > _LONGEST_KEY:
        return None
    found: CaptureForm | None = (
        CaptureForm.with_bin.select_related("owner", "owner_team", "campaign").filter(key=key).first()
    )
    return found


def _judge(case: _Case) -> CapturedPost.Verdict:
    verdicts = CapturedPost.Verdict
    if case.form is None:
        return verdicts.UNKNOWN_FORM
    if not case.form.is_active or case.form.deleted_at is not None:
        return verdicts.INACTIVE_FORM
    if case.error:
        return verdicts.FAILED
    return verdicts.LEAD if case.reading.has_identity else verdicts.NAMELESS


def _make_lead(case: _Case, actor: Actor, at: dt.datetime) -> None:
    form = case.form
    assert form is not None  # noqa: S101 - the verdict says so
    try:
        with transaction.atomic():
            case.lead = write_lead(values=_columns(case, form), owner=owner_of(form), actor=actor, at=at)
    except Exception as error:
        case.lead, case.verdict, case.error = None, CapturedPost.Verdict.FAILED, _described(error)


def _columns(case: _Case, form: CaptureForm) -> dict[str, Any]:
    """The values of the post as columns; what belongs to the form is not the sender's to say."""
    values: dict[str, Any] = dict(case.reading.values)
    values["source"] = known_source(str(values.get("source", ""))) or form.source
    _name_campaign(values, form)
    code = values.pop("currency", None)
    if code:
        values["currency"] = Currency.objects.filter(code=code, is_active=True).first()
        if values["currency"] is None:
            case.flags.append(f"{Flag.INVALID_CHOICE}:currency")
            case.unknown.append(("currency", (str(code),)))
    if added := _added(case):
        values[VALUES] = added
    return values


def _name_campaign(values: dict[str, Any], form: CaptureForm) -> None:
    """A form that names a campaign is not overruled by what a post says."""
    if form.campaign is not None:
        values["campaign"], values["campaign_code"] = form.campaign, ""
    elif form.campaign_code:
        values["campaign_code"] = form.campaign_code


def _added(case: _Case) -> Mapping[str, Any]:
    """What the post calls like an added field; it leaves the unknown."""
    if not case.unknown:
        return {}
    reading = read_custom(tuple(case.unknown), definitions_of(Lead, WEB_FORM))
    case.unknown = list(reading.unknown)
    case.flags += reading.flags
    return reading.values


def _keep(case: _Case, at: dt.datetime) -> CapturedPost:
    post = case.post
    return CapturedPost.objects.create(
        form=case.form,
        form_key=case.key[:_KEPT_KEY],
        lead=case.lead,
        received_at=at,
        path=storable(post.path),
        query_string=storable(post.query_string),
        content_type=storable(post.content_type),
        body=post.body,
        headers={storable(name): storable(value) for name, value in post.headers.items()},
        remote_address=post.remote_address,
        fields=_listed(case.submission.fields),
        unknown_fields=_listed(tuple(case.unknown)),
        flags=[flag[:200] for flag in case.flags],
        verdict=case.verdict,
        error=case.error,
    )


def _listed(fields: Fields) -> list[list[Any]]:
    return [[key, list(values)] for key, values in fields]


def _described(error: Exception) -> str:
    return storable(f"{type(error).__name__}: {error}")[:_KEPT_ERROR]


def _drop_oldest() -> None:
    """Keep the quarantine within its cap. Two posts at once never wait for each other's rows."""
    unknown = CapturedPost.objects.filter(form__isnull=True).order_by("-pk")
    surplus = list(unknown.select_for_update(skip_locked=True)[QUARANTINE_CAP:].values_list("pk", flat=True))
    if surplus:
        CapturedPost.objects.filter(pk__in=surplus).delete()
        logger.warning("The quarantine is full: posts to unknown forms dropped, oldest first: %d", len(surplus))

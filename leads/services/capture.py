"""A post from a website becomes a lead or a touch, or waits; whatever happens, the post itself is kept."""

import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter, sleep
from typing import Any

from django.utils.translation import gettext_noop

from crm.core.actors import WEB_FORM, Actor
from crm.core.custom.definitions import definitions_of
from crm.core.custom.writing import VALUES
from crm.core.folding import storable
from crm.core.inserting import insert
from crm.core.models import Currency
from crm.core.transactions import in_one_piece, service
from crm.customers import keys
from crm.users.models import NotificationKind
from crm.users.services.notifications import tell_once
from leads.capture.aliases import LeadReading, lead_values
from leads.capture.captcha import captcha_sign
from leads.capture.captcha import is_set_up as captcha_is_set_up
from leads.capture.custom import read_custom
from leads.capture.evenness import Evenness
from leads.capture.flags import Flag
from leads.capture.pace import Pace
from leads.capture.reading import Fields, Submission, read_submission
from leads.capture.redirects import safe_return_url
from leads.capture.spam import Reason, Signs, Weight, weigh
from leads.capture.started import START, consents, seconds_since, trapped
from leads.hosting import thanks_address
from leads.models import CapturedPost, CaptureForm, Lead, Touch
from leads.services.again import open_lead_of
from leads.services.assignment import assign_by_rules
from leads.services.forms import owner_of
from leads.services.leads import write_lead
from leads.services.senders import is_disposable
from leads.services.terms import Terms, standings_of, terms_of
from leads.values import known_source

logger = logging.getLogger(__name__)

QUARANTINE_CAP = 1_000
"""Posts to unknown forms that are kept; the oldest give way. Posts to a form that exists always stay."""

FROM_WEBSITES = frozenset({"lead.captured", "post.released", "post.replayed"})
"""The actions by which a post becomes a lead."""

_KEPT_KEY = 100
_KEPT_ERROR = 2_000
_NO_WEIGHT = Weight(0, ())
pace = Pace()
evenness = Evenness()

Verdict = CapturedPost.Verdict


@dataclass(frozen=True, slots=True)
class RawPost:
    """A request as it came; `path_key` is the form key of its address, "" without one. `is_flood` says that more came
    from the address in this minute than is taken without a look.
    """

    path_key: str
    path: str
    query_string: str
    content_type: str
    body: bytes
    headers: Mapping[str, str]
    remote_address: str | None
    is_flood: bool = False


@dataclass(slots=True)
class Case:
    """One post on its way to a verdict."""

    post: RawPost
    submission: Submission = field(default_factory=lambda: Submission(fields=()))
    reading: LeadReading = field(default_factory=LeadReading)
    terms: Terms = field(default_factory=Terms)
    weight: Weight = _NO_WEIGHT
    lead: Lead | None = None
    verdict: str = Verdict.FAILED
    error: str = ""
    unknown: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The key in the address wins over that in the body."""
        return storable(self.post.path_key).strip() or self.submission.form_key

    @property
    def sender(self) -> str:
        return keys.email_key(str(self.reading.values.get("email", "")))

    @property
    def form(self) -> CaptureForm | None:
        return self.terms.form


def take_post(*, post: RawPost, actor: Actor, at: dt.datetime) -> str | None:
    """Keep the post and make a lead of it where that is possible. Gives the address to send the visitor to.

    The address depends on the form's hosts alone, so the answer tells nobody what became of the post. Whatever is
    asked of others (a captcha) is asked before the transaction begins.
    """
    began = perf_counter()
    case = read_case(post)
    if case.form is not None and not case.error:
        case.weight = weigh(_signs(case, at))
    case.verdict = judge(case)
    kept = _filed(case, actor, at)
    if case.verdict == Verdict.FAILED:
        logger.error("Captured post %d did not become a lead: %s", kept.pk, case.error.partition(":")[0])
    _even_out(case.verdict, perf_counter() - began)
    if case.form is None:
        return None
    own, wanted = thanks_address(case.form.key), case.submission.return_url
    return own if wanted == own else safe_return_url(wanted, case.form.allowed_hosts)


def _even_out(verdict: str, seconds: float) -> None:
    if verdict in {Verdict.LEAD, Verdict.TOUCH}:
        evenness.note(seconds)
    else:
        sleep(evenness.missing(seconds))


def read_case(post: RawPost) -> Case:
    """The post as its form reads it. Never raises: what can't be read is said in `error`."""
    case = Case(post)
    try:
        case.submission = read_submission(
            body=post.body, content_type=post.content_type, query_string=post.query_string
        )
        case.reading = lead_values(case.submission)
    except Exception as error:
        case.error = _described(error)
    case.terms = terms_of(case.key)
    if case.terms.columns and not case.error:
        case.reading = lead_values(case.submission, case.terms.columns)
    case.flags = [*case.submission.flags, *case.reading.flags]
    case.unknown = list(case.reading.unknown)
    return case


def judge(case: Case) -> Verdict:
    if case.form is None:
        return Verdict.UNKNOWN_FORM
    if not case.form.is_active or case.form.deleted_at is not None:
        return Verdict.INACTIVE_FORM
    if case.error:
        return Verdict.FAILED
    if not case.reading.has_identity:
        return Verdict.NAMELESS
    return Verdict.SPAM if case.weight.waits(case.form.sensitivity) else Verdict.LEAD


def _signs(case: Case, at: dt.datetime) -> Signs:
    address = case.post.remote_address or ""
    seconds, is_forged = _time_to_fill(case, at)
    return Signs(
        values=case.reading.values,
        trap=trapped(case.submission),
        seconds=seconds,
        is_start_forged=is_forged,
        known=standings_of(email=case.sender, address=case.post.remote_address),
        is_disposable=is_disposable(case.sender),
        busy=pace.note(address=address, sender=case.sender, form_key=case.key, at=at.timestamp()),
        is_flood=case.post.is_flood,
        captcha=_captcha(case),
    )


def _time_to_fill(case: Case, at: dt.datetime) -> tuple[float | None, bool]:
    try:
        return seconds_since(case.submission.first(START), case.key, at=at.timestamp()), False
    except ValueError:
        return None, True


def _captcha(case: Case) -> Reason | None:
    if case.form is None or not case.form.needs_captcha or not captcha_is_set_up():
        return None
    return captcha_sign(case.submission, case.post.remote_address)


def _filed(case: Case, actor: Actor, at: dt.datetime) -> CapturedPost:
    """In one transaction; where making the lead fails, the post alone in another one."""
    try:
        return file_case(case=case, actor=actor, at=at)
    except Exception as error:
        if case.verdict != Verdict.LEAD:
            raise
        case.lead, case.verdict, case.error = None, Verdict.FAILED, _described(error)
        return file_case(case=case, actor=actor, at=at)


@service("lead.captured")
def file_case(*, case: Case, actor: Actor, at: dt.datetime) -> CapturedPost:
    """Write what the verdict says: the lead or the touch, and the post."""
    with in_one_piece():
        if case.verdict == Verdict.LEAD:
            make_lead(case, at)
        kept = CapturedPost(received_at=at, **columns_of(case))
        insert(kept)
        if case.verdict == Verdict.TOUCH:
            touch_lead(case, kept, at)
        if case.form is None:
            _drop_oldest()
    return kept


def make_lead(case: Case, at: dt.datetime) -> None:
    """A new lead, or where the form says so the open one of the same person."""
    form = case.form
    assert form is not None  # noqa: S101 - the verdict says so
    values = lead_columns(case, form, at)
    if form.again == CaptureForm.Again.TOUCH:
        case.lead = open_lead_of(values)
    if case.lead is not None:
        case.verdict = Verdict.TOUCH
        return
    visitor = case.terms.visitor(WEB_FORM)
    case.lead = write_lead(values=values, owner=owner_of(form), actor=visitor, at=at, on=case.terms.day(at))
    if form.by_rules:
        assign_by_rules(lead_ids=[case.lead.pk], actor=visitor, at=at)


def touch_lead(case: Case, kept: CapturedPost, at: dt.datetime) -> None:
    form, lead = case.form, case.lead
    assert form is not None and lead is not None  # noqa: S101, PT018 - the verdict says so
    said = case.reading.values
    code = form.campaign_code or str(said.get("campaign_code", ""))
    source = known_source(str(said.get("source", ""))) or form.source
    Touch.objects.create(lead=lead, post=kept, at=at, source=source, campaign_code=code)
    if lead.owner_id is not None:
        tell_once(
            person_id=lead.owner_id,
            kind=NotificationKind.TOUCH,
            text=gettext_noop("%(record)s has written again through “%(form)s”"),
            words={"form": form.name},
            about=lead,
            at=at,
        )


def lead_columns(case: Case, form: CaptureForm, at: dt.datetime) -> dict[str, Any]:
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
    if form.consent_text and consents(case.submission):
        values |= {"consent_text": form.consent_text, "consent_at": at, "consent_origin": form.name}
    return values


def _name_campaign(values: dict[str, Any], form: CaptureForm) -> None:
    """A form that names a campaign is not overruled by what a post says."""
    if form.campaign is not None:
        values["campaign"], values["campaign_code"] = form.campaign, ""
    elif form.campaign_code:
        values["campaign_code"] = form.campaign_code


def _added(case: Case) -> Mapping[str, Any]:
    """What the post calls like an added field; it leaves the unknown."""
    if not case.unknown:
        return {}
    definitions = definitions_of(Lead, case.terms.visitor(WEB_FORM))
    reading = read_custom(tuple(case.unknown), definitions, case.terms.added)
    case.unknown = list(reading.unknown)
    case.flags += reading.flags
    return reading.values


def columns_of(case: Case) -> dict[str, Any]:
    """The post as it is kept."""
    post = case.post
    return {
        "form": case.form,
        "form_key": case.key[:_KEPT_KEY],
        "lead": case.lead,
        "path": storable(post.path),
        "query_string": storable(post.query_string),
        "content_type": storable(post.content_type),
        "body": post.body,
        "headers": {storable(name): storable(value) for name, value in post.headers.items()},
        "remote_address": post.remote_address,
        "fields": _listed(case.submission.fields),
        "unknown_fields": _listed(tuple(case.unknown)),
        "flags": [flag[:200] for flag in case.flags],
        "verdict": case.verdict,
        "error": case.error,
        "sender": case.sender,
        "spam_score": case.weight.points,
        "reasons": list(case.weight.reasons),
    }


def _listed(fields: Fields) -> list[list[Any]]:
    return [[key, list(values)] for key, values in fields]


def _described(error: Exception) -> str:
    return storable(f"{type(error).__name__}: {error}")[:_KEPT_ERROR]


def _drop_oldest() -> None:
    """Keep the quarantine within its cap. Two posts at once never wait for each other's rows."""
    unknown = CapturedPost.objects.filter(form__isnull=True).order_by("-pk")
    last_kept = unknown.values_list("pk", flat=True)[QUARANTINE_CAP - 1 : QUARANTINE_CAP].first()
    if last_kept is None:
        return
    # Rows that an offset passes over would be locked too: a thousand of them for every post.
    older = unknown.filter(pk__lt=last_kept).select_for_update(skip_locked=True)
    surplus = list(older.values_list("pk", flat=True))
    if surplus:
        CapturedPost.objects.filter(pk__in=surplus).delete()
        logger.warning("The quarantine is full: posts to unknown forms dropped, oldest first: %d", len(surplus))

"""What people decide about posts that wait: let in, thrown away, read again. No decision is final."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm.core.actors import Actor
from crm.core.custom.writing import VALUES
from crm.core.errors import Forbidden, Invalid, NotFound
from crm.core.folding import storable
from crm.core.transactions import service
from leads.capture.spam import Weight
from leads.models import CapturedPost, CaptureForm, Lead
from leads.services.capture import Case, RawPost, columns_of, judge, lead_columns, make_lead, read_case, touch_lead
from leads.services.leads import update_lead
from leads.services.senders import learn

MOST_AT_ONCE = 500
Verdict = CapturedPost.Verdict
_AS_IT_CAME = frozenset({"form_key", "path", "query_string", "content_type", "body", "headers", "remote_address"})
#: What else says something about the sender; a wrong key or a form that is switched off does not.
_SAYS_SOMETHING = frozenset({Verdict.SPAM, Verdict.NAMELESS, Verdict.BINNED})
_OF_THE_FORM = frozenset({"source", "campaign", "campaign_code", "consent_text", "consent_at", "consent_origin"})


@dataclass(frozen=True, slots=True)
class Decided:
    """How many posts changed, and which still can't become a lead."""

    done: int
    held: tuple[CapturedPost, ...] = ()


@service("post.released")
def release_posts(
    *, post_ids: Collection[int], actor: Actor, at: dt.datetime, form: CaptureForm | None = None
) -> Decided:
    """They become leads by the path of all others, and their senders are known to be good from now on.

    `form` is that of posts to unknown forms. What is a lead already, or still has no name, stays as it is.
    """
    held, done, good = [], 0, []
    for post in _locked(post_ids, actor):
        if post.lead_id is not None:
            continue
        said_something = post.verdict in _SAYS_SOMETHING
        if _let_in(post, form, actor, at):
            done += 1
            good += [post.sender] if said_something else []
        else:
            held.append(post)
    learn(good, "good")
    return Decided(done, tuple(held))


@service("post.binned")
def bin_posts(*, post_ids: Collection[int], actor: Actor, at: dt.datetime) -> Decided:
    """Out of sight, and still there. The senders of what looked like spam are known to be bad from now on."""
    posts = [post for post in _locked(post_ids, actor) if post.is_waiting]
    learn([post.sender for post in posts if post.verdict in _SAYS_SOMETHING], "bad")
    CapturedPost.objects.filter(pk__in=[post.pk for post in posts]).update(
        verdict=Verdict.BINNED, decided_at=at, decided_by_id=actor.pk
    )
    return Decided(len(posts))


@service("post.replayed")
def replay_post(*, post_id: int, actor: Actor, at: dt.datetime) -> CapturedPost:
    """Read a post once more, after a mapping or a form was mended. Doing so again changes nothing more.

    A post without a lead is judged anew with the reasons that it had. Of one with an open lead, what the lead does not
    have yet is filled in; nothing that stands there is replaced, and a closed lead stays as it is.
    """
    (post,) = _locked([post_id], actor)
    case = _case_of(post, None)
    if post.lead is not None:
        _fill(post.lead, case, actor, at)
        case.lead, case.verdict = post.lead, post.verdict
    elif post.verdict != Verdict.BINNED:
        case.verdict = judge(case)
        _make(case, post, actor, at)
    else:
        case.verdict = post.verdict
    _store(post, case)
    return post


def _locked(post_ids: Collection[int], actor: Actor) -> Sequence[CapturedPost]:
    rows: Any = CapturedPost.objects.visible_to(actor).filter(pk__in=list(post_ids)[:MOST_AT_ONCE])
    posts: list[CapturedPost] = list(rows.select_for_update(of=("self",)).select_related("form", "lead").order_by("pk"))
    if not posts:
        raise NotFound(_("There is no such post, or you may not see it."))
    if not CapturedPost.objects.for_action(actor, "decide").filter(pk=posts[0].pk).exists():
        raise Forbidden(_("You may see these posts, but not decide about them."))
    return posts


def _let_in(post: CapturedPost, form: CaptureForm | None, actor: Actor, at: dt.datetime) -> bool:
    case = _case_of(post, form)
    if case.form is None:
        raise Invalid(_("Choose the form through which this post is to come in."), field="form")
    case.verdict = Verdict.LEAD if case.reading.has_identity and not case.error else Verdict.NAMELESS
    _make(case, post, actor, at)
    _store(post, case)
    if case.lead is None:
        return False
    CapturedPost.objects.filter(pk=post.pk).update(decided_at=at, decided_by_id=actor.pk)
    return True


def _case_of(post: CapturedPost, form: CaptureForm | None) -> Case:
    """The post as it would be read now, with the reasons of its first reading."""
    chosen = post.form or form
    case = read_case(
        RawPost(
            path_key=chosen.key if chosen else post.form_key,
            path=post.path,
            query_string=post.query_string,
            content_type=post.content_type,
            body=bytes(post.body),
            headers=post.headers,
            remote_address=post.remote_address,
        )
    )
    case.weight = Weight(post.spam_score, tuple(post.reasons))
    return case


def _make(case: Case, post: CapturedPost, actor: Actor, at: dt.datetime) -> None:
    """The lead or the touch, if the verdict is one; a failure leaves the post and says why."""
    if case.verdict != Verdict.LEAD:
        return
    try:
        with transaction.atomic():
            make_lead(case, at)
            if case.verdict == Verdict.TOUCH:
                touch_lead(case, post, at)
    except Exception as error:
        case.lead, case.verdict = None, Verdict.FAILED
        case.error = storable(f"{type(error).__name__}: {error}")[:2_000]


def _fill(lead: Lead, case: Case, actor: Actor, at: dt.datetime) -> None:
    """Into the empty columns of an open lead what the post says about them."""
    if lead.state != "open" or lead.deleted_at is not None or case.form is None:
        return
    values = lead_columns(case, case.form, at)
    added = {key: value for key, value in dict(values.pop(VALUES, {})).items() if key not in lead.custom}
    empty = {
        name: value for name, value in values.items() if name not in _OF_THE_FORM and getattr(lead, name) in ("", None)
    }
    if added:
        empty[VALUES] = added
    if empty:
        update_lead(lead_id=lead.pk, values=empty, actor=actor, at=at)


def _store(post: CapturedPost, case: Case) -> None:
    """The reading and the verdict as they are now; what came stays as it came."""
    for name, value in columns_of(case).items():
        if name not in _AS_IT_CAME:
            setattr(post, name, value)
    post.save()


def may_decide(actor: Any) -> bool:
    return bool(actor.has_perm("leads.decide_capturedpost"))

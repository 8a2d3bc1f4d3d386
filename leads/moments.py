"""What the timeline of a lead tells beside its activities: how it arrived, and how its state changed."""

from collections.abc import Iterator
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from activities.moments import Moment
from crm.core.prepared import Slot, prepared
from crm.core.reasons import reasons_for
from crm.core.screens.details import Fact
from leads.models import CapturedPost, Lead
from leads.states import LEAD_MACHINE

_MOST_POSTS = 10
_MOST_FIELDS = 8
# What a website sends for itself and not for the reader.
_OF_THE_FORM = frozenset({"oid", "orgid", "returl", "encoding", "submit", "debug", "debugemail", "_charset_"})


def moments_of_lead(lead: Lead, _user: Any) -> Iterator[Moment]:
    shown = prepared("posts of a lead", _posts).records(lead=lead.pk)
    yield from map(_of_post, shown)
    if not shown:
        yield Moment(lead.created_at, "plus", _("Lead created"))
    if lead.contacted_at is not None:
        yield _moved(lead.contacted_at, "contacted", _("with the first touch"))
    if lead.closed_at is not None:
        yield _moved(lead.closed_at, lead.state, _closing_reason(lead))


def _posts() -> Any:
    posts = CapturedPost.objects.filter(lead_id=Slot("lead")).select_related("form").defer("body", "headers")
    return posts.order_by("-received_at", "-pk")[:_MOST_POSTS]


def _of_post(post: CapturedPost) -> Moment:
    name = post.form.name if post.form else post.form_key
    facts: list[Fact] = [
        (key, ", ".join(values)) for key, values in post.fields if key.lower() not in _OF_THE_FORM and any(values)
    ]
    words = _("The same person again") if post.verdict == CapturedPost.Verdict.TOUCH else _("Web form")
    return Moment(post.received_at, "forms", words, name, facts[:_MOST_FIELDS])


def _moved(at: Any, state: str, note: str) -> Moment:
    pattern = _("State went to %(state)s")
    words = format_html("<strong>{}</strong>", LEAD_MACHINE.label(state))
    return Moment(at, "circle-dashed", format_html(pattern.replace("%(state)s", "{}"), words), note)


def _closing_reason(lead: Lead) -> str:
    if lead.state != "disqualified":
        return ""
    return str(dict(reasons_for(LEAD_MACHINE, "disqualified")).get(lead.status_reason, lead.reason_label))

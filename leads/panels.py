"""What a lead's page shows beside its fields: the posts that brought it, as they came, and who it may be already."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.core.panels import Panel
from crm.customers.services.matching import find_matches
from leads.capture.flags import flag_sentence
from leads.models import CapturedPost, Lead

MOST_DUPLICATES = 5


@dataclass(frozen=True, slots=True)
class ShownPost:
    """A post in words; what a stranger sent is shown as text and never as a link."""

    post: CapturedPost
    unknown: list[tuple[str, str]]
    fields: list[tuple[str, str]]
    flags: list[tuple[str, str]]
    headers: list[tuple[str, str]]


def posts_context(lead: Lead, _user: Any) -> Mapping[str, Any]:
    posts = lead.posts.select_related("form").defer("body").order_by("-received_at", "-pk")
    return {"posts": [_shown(post) for post in posts[:20]]}


def _shown(post: CapturedPost) -> ShownPost:
    return ShownPost(
        post=post,
        unknown=_lines(post.unknown_fields),
        fields=_lines(post.fields),
        flags=[(flag.partition(":")[2], flag_sentence(flag)) for flag in post.flags],
        headers=sorted(post.headers.items()),
    )


def _lines(listed: list[Any]) -> list[tuple[str, str]]:
    return [(key, "\n".join(values)) for key, values in listed]


def has_posts(lead: Lead, _user: Any) -> bool:
    return lead.posts.exists()


def duplicates_context(lead: Lead, user: Any) -> Mapping[str, Any]:
    """Accounts and contacts that share something exact with the lead, the best first; only those that one may see."""
    matches = find_matches(
        actor=user,
        company=lead.company,
        first_name=lead.first_name,
        last_name=lead.last_name,
        emails=(lead.email, lead.email2),
        phones=(lead.phone, lead.mobile),
        website=lead.website,
    )
    known = {("account", lead.existing_account_id), ("contact", lead.existing_contact_id)}
    others = [match for match in matches if (match.kind, match.record.pk) not in known]
    return {"matches": others[:MOST_DUPLICATES], "more": max(len(others) - MOST_DUPLICATES, 0)}


POSTS = Panel(
    name="posts",
    title="",
    template="leads/panels/posts.html",
    context=posts_context,
    shown=has_posts,
    position=60,
    tab="details",
)
DUPLICATES = Panel(
    name="duplicates",
    title=_("Possible duplicates"),
    template="leads/panels/duplicates.html",
    context=duplicates_context,
    position=20,
    column="side",
    lazy=True,
)

"""What a lead's page shows beside its fields: the posts that brought it, as they came, and why it is whose it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.core.panels import Panel
from leads.capture.flags import flag_sentence
from leads.models import CapturedPost, Lead
from leads.scoring.learning import LEAST_CLOSED
from leads.services.assignment import in_words
from leads.services.scoring import score_of


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


POSTS = Panel(
    name="posts",
    title="",
    template="leads/panels/posts.html",
    context=posts_context,
    shown=has_posts,
    position=60,
    tab="details",
)


def decisions_context(lead: Lead, _user: Any) -> Mapping[str, Any]:
    """The newest first; people, teams and rules are no secret."""
    decisions = lead.assignment_decisions.select_related("owner", "owner_team")[:20]
    return {"decisions": [(decision, in_words(decision)) for decision in decisions]}


DECISIONS = Panel(
    name="decisions",
    title=_("Why is this mine?"),
    template="leads/panels/decisions.html",
    context=decisions_context,
    position=940,
    column="side",
    on_demand=True,
)


MOST_REASONS = 6


def score_context(lead: Lead, _user: Any) -> Mapping[str, Any]:
    score = score_of(lead, timezone.now())
    more = len(score.reasons) - MOST_REASONS
    return {"score": score, "reasons": score.reasons[:MOST_REASONS], "more": max(more, 0), "least": LEAST_CLOSED}


SCORE = Panel(
    name="score",
    title=_("Score"),
    template="leads/panels/score.html",
    context=score_context,
    position=15,
    column="side",
    lazy=True,
    shown=lambda lead, _user: lead.state == "open",
)

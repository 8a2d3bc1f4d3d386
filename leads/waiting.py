"""The posts of the quarantine as its pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm.core.errors import NotFound
from leads.capture.flags import flag_sentence
from leads.capture.spam import reason_words
from leads.models import CapturedPost, CaptureForm

PAGE_SIZE = 50
_EXCERPT = 120
_TEXTS = ("description", "message", "comments", "your-message", "comment", "topic", "subject")
_NAMES = ("first_name", "last_name", "name", "firstname", "lastname", "your-name", "First Name", "Last Name", "company")
SHOWN: dict[str, list[str]] = {"waiting": [*CapturedPost.WAITING], "binned": ["binned"], "all": []}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One post in a list: who seems to have sent it, what it says, and why it waits."""

    post: CapturedPost
    name: str
    excerpt: str
    reasons: tuple[str, ...]
    can_be_released: bool


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[Waiting]
    following: int | None


def page_of(actor: Any, *, show: str, form: str, after: str) -> Page:
    """Newest first, after the post that `after` names. Words of an address that mean nothing are left out."""
    rows: QuerySet[CapturedPost] = CapturedPost.objects.visible_to(actor)
    verdicts = SHOWN.get(show, SHOWN["waiting"])
    if verdicts:
        rows = rows.filter(verdict__in=verdicts)
    if (key := _key(form)) is not None:
        rows = rows.filter(form_id=key)
    if (key := _key(after)) is not None:
        rows = rows.filter(pk__lt=key)
    shown = rows.select_related("form", "lead").defer("body", "headers").order_by("-pk")
    found = list(shown[: PAGE_SIZE + 1])
    following = found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None
    return Page([as_waiting(post) for post in found[:PAGE_SIZE]], following)


def post_for(actor: Any, pk: int) -> CapturedPost:
    found: CapturedPost | None = (
        CapturedPost.objects.visible_to(actor).select_related("form", "lead", "decided_by").filter(pk=pk).first()
    )
    if found is None:
        raise NotFound(_("There is no such post, or you may not see it."))
    return found


def as_waiting(post: CapturedPost) -> Waiting:
    said = dict(post.fields)
    name = " ".join(_first(said, _NAMES, 2)) or post.sender or _("Post %(number)s") % {"number": post.pk}
    text = " ".join(" ".join(_first(said, _TEXTS, 1)).split())
    chips = [reason_words(reason) for reason in post.reasons]
    if post.verdict not in {"spam", "lead", "touch", "binned"}:
        chips.insert(0, str(post.get_verdict_display()))
    return Waiting(
        post=post,
        name=name[:_EXCERPT],
        excerpt=text[:_EXCERPT] + ("…" if len(text) > _EXCERPT else ""),
        reasons=tuple(chips),
        can_be_released=post.form_id is not None and post.verdict != "nameless" and post.lead_id is None,
    )


def whole(post: CapturedPost) -> Mapping[str, Any]:
    """All of a post, for its page; everything in it is a stranger's text."""
    return {
        "fields": [(key, "\n".join(values)) for key, values in post.fields],
        "unknown": [(key, "\n".join(values)) for key, values in post.unknown_fields],
        "flags": [(flag.partition(":")[2], flag_sentence(flag)) for flag in post.flags],
        "headers": sorted(post.headers.items()),
    }


def forms_to_choose(actor: Any) -> QuerySet[CaptureForm]:
    return CaptureForm.objects.visible_to(actor).order_by("sort_key", "pk")


def _first(said: Mapping[str, Sequence[str]], names: Sequence[str], most: int) -> list[str]:
    lower = {key.lower(): values for key, values in said.items()}
    found = [value.strip() for name in names for value in lower.get(name.lower(), ())[:1] if value.strip()]
    return found[:most]


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None

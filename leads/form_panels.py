"""What a lead form's page shows: its questions, its mappings, and what came."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from crm.core.access import WRITE
from crm.core.panels import Panel, once
from leads.capture.started import TRAP
from leads.capture.targets import label_of
from leads.hosting import page_address, post_address, thanks_address
from leads.models import CapturedPost, CaptureForm

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Shown:
    """A field or a mapping with the name of its column."""

    part: Any
    column: str


def may_write(form: CaptureForm, user: Any) -> bool:
    return once(
        form, "may write", user, lambda: CaptureForm.objects.for_action(user, WRITE).filter(pk=form.pk).exists()
    )


def fields_context(form: CaptureForm, user: Any) -> Mapping[str, Any]:
    return {
        "fields": [Shown(field, label_of(field.column)) for field in form.fields.all()],
        "editable": may_write(form, user),
    }


def mappings_context(form: CaptureForm, user: Any) -> Mapping[str, Any]:
    return {
        "mappings": [Shown(mapping, label_of(mapping.column)) for mapping in form.mappings.all()],
        "editable": may_write(form, user),
    }


def posts_context(form: CaptureForm, user: Any, parameters: QueryDict) -> Mapping[str, Any]:
    """The posts of the form, newest first, after the one that `after` names."""
    rows = CapturedPost.objects.visible_to(user).filter(form=form).select_related("lead").defer("body", "headers")
    token = parameters.get("after", "")
    if token.isdecimal() and len(token) <= 18:
        rows = rows.filter(pk__lt=int(token))
    found = list(rows.order_by("-pk")[: PAGE_SIZE + 1])
    following = found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else ""
    return {"posts": found[:PAGE_SIZE], "following": following}


def embed_context(form: CaptureForm, user: Any) -> Mapping[str, Any]:
    """Texts to copy. They are templates, so whatever a label says is text in them too."""
    rows = [_Row(field.column, field.label, _kind(field.column), field.is_required) for field in form.fields.all()]
    heading = form.heading or form.name
    frame = {"url": page_address(form), "title": heading, "height": 240 + 92 * (len(rows) + bool(form.consent_text))}
    plain = {
        "action": post_address(form),
        "thanks": form.redirect_url or thanks_address(form.key),
        "rows": rows,
        "consent": form.consent_text,
        "trap": TRAP,
        "button": form.button or _("Send"),
    }
    with translation.override(form.language):  # what a website shows is in the form's language
        html = render_to_string("leads/embed/form.html", plain).strip()
    return {
        "page": page_address(form),
        "preview": reverse("leads:hosted_form", args=[form.key]),
        "post": post_address(form),
        "frame": render_to_string("leads/embed/iframe.html", frame).strip(),
        "html": html,
        "is_active": form.is_active,
        "title": heading,
    }


@dataclass(frozen=True, slots=True)
class _Row:
    """A question in plain HTML."""

    name: str
    label: str
    kind: str
    required: bool


def _kind(column: str) -> str:
    if column in {"description", "street"}:
        return "textarea"
    if column.startswith("do_not_"):
        return "checkbox"
    return {"email": "email", "email2": "email", "phone": "tel", "mobile": "tel"}.get(column, "text")


EMBED = Panel(
    name="embed",
    title=_("On your website"),
    template="leads/panels/form_embed.html",
    context=embed_context,
    position=5,
    tab="related",
)
FIELDS = Panel(
    name="fields",
    title=_("What the form asks"),
    template="leads/panels/form_fields.html",
    context=fields_context,
    position=10,
    tab="details",
)
MAPPINGS = Panel(
    name="mappings",
    title=_("Names that other systems send"),
    template="leads/panels/form_mappings.html",
    context=mappings_context,
    position=60,
    tab="details",
)
POSTS = Panel(
    name="came",
    title=_("What came"),
    template="leads/panels/form_posts.html",
    paged=posts_context,
    position=10,
    tab="related",
)
PANELS = (EMBED, FIELDS, MAPPINGS, POSTS)

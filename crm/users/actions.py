"""Acts on records of every table with an owner."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.core.access import SHARE
from crm.core.actions import Action, register
from crm.core.addresses import screen_url
from crm.users.forms import ShareForm
from crm.users.models import OwnedModel, Share
from crm.users.services.sharing import FLAGS, share_record


@dataclass(frozen=True, kw_only=True)
class ShareAction(Action):
    """One address serves all tables: the first word of it says which one."""

    def url(self, record: models.Model) -> str:
        return reverse(self.url_name, args=[noun_of(type(record)), record.pk])


def share_action(model: type[OwnedModel]) -> ShareAction:
    return ShareAction(
        name="share",
        label=_("Share"),
        model=model,
        right=SHARE,
        perform=_sharing(model),
        url_name="record_share",
        form=ShareForm,
        done=_("Shared"),
        position=95,
        template="users/record_share.html",
        context=_shares,
    )


def _sharing(model: type[OwnedModel]) -> Callable[[int, Mapping[str, Any], Any], str]:
    def perform(record_id: int, values: Mapping[str, Any], actor: Any) -> str:
        share_record(
            model=model,
            record_id=record_id,
            receiver=values["user"] or values["team"],
            flags={flag for flag in FLAGS if values.get(flag)},
            actor=actor,
            at=timezone.now(),
        )
        return reverse("record_share", args=[noun_of(model), record_id])

    return perform


def _shares(record: Any, _actor: Any) -> Mapping[str, Any]:
    """With whom the record is shared, and where each share is stopped."""
    found = Share.objects.for_record(record).select_related("user", "team", "shared_by").order_by("pk")
    noun = noun_of(type(record))
    stop_urls = [reverse("record_stop_sharing", args=[noun, record.pk, share.pk]) for share in found]
    return {"shares": list(zip(found, stop_urls, strict=True))}


def noun_of(model: type[models.Model]) -> str:
    """`leads`, the first word of the addresses of a table."""
    return screen_url(model, "list").strip("/")


@functools.cache
def shared_models() -> Mapping[str, type[OwnedModel]]:
    """By noun every table whose records have an owner and a page."""
    return {
        noun_of(model): model
        for model in apps.get_models()
        if issubclass(model, OwnedModel) and screen_url(model, "detail", 1)
    }


def register_sharing() -> None:
    register(*(share_action(model) for model in apps.get_models() if issubclass(model, OwnedModel)))

"""The timeline on the page of every record that activities may concern, and the panels of an activity itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy

from activities.models import Activity, Attachment
from activities.regarding import model_of, register_noun
from activities.timeline_panel import timeline_context
from crm.core.addresses import screen_url
from crm.core.deletion import accompanies
from crm.core.panels import Panel, register_panels
from crm.core.record_names import Link, visible_names
from crm.customers.links import linked


def register_timeline(model: type[models.Model], *titles: str) -> None:
    """Let activities concern records of this table: their pages get a timeline, and their bin its activities.

    `titles` are the columns that name a record: the first that is filled. Apps call it in `AppConfig.ready()`, for
    the tables of their own.
    """
    register_noun(model, *titles)
    accompanies(model, activities_regarding)
    register_panels(model, TIMELINE)


def activities_regarding(records: Sequence[models.Model]) -> "models.QuerySet[Any]":
    """What concerns these records of one table first of all; what only rolls up to them is somebody else's."""
    found: models.QuerySet[Any] = Activity.objects.filter(
        regarding_type=ContentType.objects.get_for_model(records[0]), regarding_id__in=[one.pk for one in records]
    )
    return found


def _file_url(attachment: Attachment) -> str:
    return screen_url(Activity, "file", attachment.activity_id, attachment.pk)


def files_context(record: Activity, _user: Any) -> Mapping[str, Any]:
    return {"files": [(file, _file_url(file)) for file in record.attachments.order_by("pk")]}


def has_files(record: Activity, _user: Any) -> bool:
    return record.attachments.exists()


def people_context(record: Activity, user: Any) -> Mapping[str, Any]:
    """Who took part; records that the reader may not see are not named."""
    rows = list(record.participants.select_related("user", "party_type").order_by("pk"))
    parties = {row.pk: (model, row.party_id) for row in rows if (model := _party_model(row)) and row.party_id}
    names = visible_names(user, parties.values())
    links = {pk: names[pair] for pk, pair in parties.items()}
    return {"people": [(row.get_role_display(), _person(row, links.get(row.pk))) for row in rows]}


def _party_model(row: Any) -> type[models.Model] | None:
    return model_of(row.party_type_id) if row.party_type_id else None


def _person(row: Any, link: Link | None) -> str:
    if row.user is not None:
        return str(row.user)
    return linked(link) if link else str(row.address)


TIMELINE = Panel(
    name="timeline",
    title=gettext_lazy("Timeline"),
    template="activities/panels/timeline.html",
    paged=timeline_context,
    position=10,
    tab="timeline",
)
ACTIVITY_PANELS = (
    Panel(name="text", title="", template="activities/panels/text.html", position=10, tab="details"),
    Panel(
        name="files",
        title="",
        template="activities/panels/files.html",
        context=files_context,
        shown=has_files,
        position=20,
        tab="files",
    ),
    Panel(
        name="people",
        title="",
        template="activities/panels/people.html",
        context=people_context,
        position=10,
        column="side",
    ),
)

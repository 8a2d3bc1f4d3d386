"""The views that a person keeps of a list, or that are shared with a team of theirs, in one query."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.db.models import CharField, Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.core.access import READ
from crm.core.prepared import Slot, prepared, rights_key
from crm.core.screens.lists.named_views import Keeping, Kept, KeptView, MenuItem, SystemView, register_keeping
from crm.users.models import SavedView, SavedViewTeam, ViewPin
from crm.users.models.saved_views import view_key
from crm.users.reach import reach_of

_COLUMNS = ("pk", "name", "query", "columns", "sort", "density", "grouping", "layout", "version")


def register() -> None:
    register_keeping(Keeping(read=kept_by, menu=menu))


def kept_by(model: type[models.Model], actor: Any) -> Kept:
    """Nothing is asked of the database where nobody keeps anything for this person: their rights know it."""
    reach = reach_of(actor) if getattr(actor, "actor_kind", "") == "user" else None
    known = reach.views.get(model._meta.label_lower) if reach else None
    if reach is None or known is None:
        return Kept()
    views = _views(model, actor, is_administrator=reach.is_administrator) if known.has_some else ()
    return Kept(views, known.default)


def _views(model: type[models.Model], actor: Any, *, is_administrator: bool) -> tuple[KeptView, ...]:
    rows = prepared(("kept views", rights_key(SavedView, actor, READ)), lambda: _rows(actor))
    found = rows.tuples(noun=model._meta.label_lower, user=actor.pk)
    return tuple(_view(row, actor.pk, is_administrator=is_administrator) for row in found)


def _view(row: tuple[Any, ...], user_id: int, *, is_administrator: bool) -> KeptView:
    pk, name, query, columns, sort, density, grouping, layout, version, owner_id, owner, is_shared, is_pinned = row
    is_mine = owner_id == user_id
    return KeptView(
        key=view_key(pk),
        label=name,
        query=query,
        columns=columns,
        sort=sort,
        density=density,
        group=grouping,
        layout=layout,
        pk=pk,
        version=version,
        owner=owner,
        is_mine=is_mine,
        may_change=is_mine or is_administrator,
        is_shared=is_shared,
        is_pinned=is_pinned,
    )


def _rows(actor: Any) -> Any:
    shares = SavedViewTeam.objects.filter(view=OuterRef("pk"))
    pins = ViewPin.objects.filter(view=OuterRef("pk"), user_id=Slot("user"))
    return (
        SavedView.objects.visible_to(actor)
        .filter(noun=Slot("noun", CharField()))
        .annotate(is_shared=Exists(shares), is_pinned=Exists(pins))
        .order_by("name", "pk")
        .values_list(*_COLUMNS, "owner_id", "owner__name", "is_shared", "is_pinned")
    )


def menu(
    model: type[models.Model], chosen: SystemView | None, shown: Mapping[str, str], changed: bool
) -> list[MenuItem]:
    """Whoever may not change a view keeps a copy of it under a name of their own."""
    items = []
    noun, asked = model._meta.label_lower, urlencode({name: text for name, text in shown.items() if text})
    kept = chosen if isinstance(chosen, KeptView) else None
    if kept and kept.may_change and changed:
        items.append(MenuItem(_("Save the changes to this view"), f"{reverse('view_edit', args=[kept.pk])}?{asked}"))
    items.append(MenuItem(_("Save as a new view"), f"{reverse('view_create')}?noun={noun}&{asked}"))
    if kept:
        way, label = ("view_unpin", _("Remove the tab")) if kept.is_pinned else ("view_pin", _("Keep as a tab"))
        items.append(MenuItem(label, reverse(way, args=[kept.pk]), posts=True))
    if chosen:
        items.append(
            MenuItem(_("Open this list with this view"), reverse("view_first", args=[noun, chosen.key]), posts=True)
        )
    if kept and kept.may_change:
        items.append(MenuItem(_("Rename, share or change"), reverse("view_edit", args=[kept.pk])))
        items.append(MenuItem(_("Delete this view"), reverse("view_delete", args=[kept.pk]), danger=True))
    return items

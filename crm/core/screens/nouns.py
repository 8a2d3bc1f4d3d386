"""The screens of a table by the first word of their address: `leads`, as in `/leads/` and `/leads/5/`."""

from functools import cache
from typing import Any

from django.db import models
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views import View

from crm.core.addresses import screen_url
from crm.core.errors import NotFound
from crm.core.screens.deletions import DeleteView
from crm.core.screens.details import DetailView
from crm.core.screens.edits import EditView
from crm.core.screens.lists import ListView


def noun_of(model: type[models.Model]) -> str:
    """Empty where the table has no list."""
    return screen_url(model, "list").strip("/")


def list_view_of(noun: str) -> type[ListView]:
    """`NotFound` for a word that no list has."""
    view = _view_at(f"/{noun}/", ListView)
    if view is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return view  # type: ignore[no-any-return]  # of the class that was asked for


def model_of(noun: str) -> type[models.Model]:
    return list_view_of(noun).model


def edit_view_of(model: type[models.Model]) -> type[EditView[Any]] | None:
    return _view_at(screen_url(model, "edit", 1), EditView)  # type: ignore[no-any-return]  # as above


def detail_view_of(model: type[models.Model]) -> type[DetailView[Any]] | None:
    return _view_at(screen_url(model, "detail", 1), DetailView)  # type: ignore[no-any-return]  # as above


def delete_view_of(model: type[models.Model]) -> type[DeleteView] | None:
    return _view_at(screen_url(model, "delete", 1), DeleteView)  # type: ignore[no-any-return]  # as above


@cache
def _view_at(address: str, wanted: type[View]) -> Any:
    """The class of the view that serves this address, if it is of the wanted kind."""
    if not address:
        return None
    try:
        found = getattr(resolve(address).func, "view_class", None)
    except Resolver404:
        return None
    return found if found is not None and issubclass(found, wanted) else None

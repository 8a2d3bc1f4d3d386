"""Lists of the administration whose order counts: rows are moved by buttons, also without JavaScript, or dragged."""

from collections.abc import Sequence
from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.core.admin_base import RecordAdmin
from crm.core.markup import Pattern
from crm.core.ordering import put_before

_BUTTON = Pattern(
    '<button class="order-button" form="order-form" type="submit" name="move" value="{}-{}" id="{}-{}" title="{}"'
    ' aria-label="{}">{}</button>'
)
_LONGEST_KEY = 18


class OrderedAdmin(RecordAdmin):
    """Of a table with a `position`, which is typed in the list, too, and by which it is in order."""

    ordering_field = "position"
    list_editable: Sequence[str] = ("position", "is_active")
    sortable_by = ()
    list_after_template = "admin/order_form.html"
    #: Records are in one order for each value of these fields.
    ordered_within: Sequence[str] = ()

    def get_list_display(self, request: HttpRequest) -> Sequence[Any]:
        shown = super().get_list_display(request)
        return [*shown, "order_buttons"] if self.has_change_permission(request) else shown

    @admin.display(description=_("order"))
    def order_buttons(self, record: Any) -> str:
        up, down = gettext("Move “%(name)s” up"), gettext("Move “%(name)s” down")
        told = {"name": str(record)}
        return _button("up", record.pk, up % told, "↑") + _button("down", record.pk, down % told, "↓")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.method == "POST" and "move" in request.POST:
            return self._with_refusals_told(request, lambda: self._moved(request))
        return super().changelist_view(request, extra_context)

    def _moved(self, request: HttpRequest) -> HttpResponse:
        """Beside the next one that is shown, whatever the filters leave out between them."""
        way, _dash, text = request.POST["move"].partition("-")
        shown = self.get_changelist_instance(request).queryset
        key = int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_KEY else 0
        record = shown.filter(pk=key).first()
        if record is None or not self.has_change_permission(request, record):
            return redirect(request.get_full_path())
        within = {name: getattr(record, name) for name in self.ordered_within}
        listed = list(shown.filter(**within).values_list("pk", flat=True))
        following = _following(listed, key, -1 if way == "up" else 1)
        if following != key:
            actor, at = cast(Any, request.user), timezone.now()
            put_before(model=self.model, key=key, following=following, among=within, actor=actor, at=at)
        return redirect(f"{request.get_full_path()}#{way}-{key}")


def _following(listed: Sequence[int], key: int, step: int) -> int | None:
    """Before which one a record stands that goes one up or down; None after the last, itself where it stays."""
    rest = [pk for pk in listed if pk != key]
    place = listed.index(key) + step
    if not 0 <= place < len(listed):
        return key
    return rest[place] if place < len(rest) else None


def _button(way: str, key: int, words: str, sign: str) -> str:
    return _BUTTON(way, key, way, key, words, words, sign)

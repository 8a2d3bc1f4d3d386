"""Making and changing a record through a form. A service does the work; nothing is doubled or overwritten."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views import View

from crm.core import htmx
from crm.core.access import WRITE, check_create, find_for, lock_for
from crm.core.addresses import screen_url
from crm.core.errors import Conflict
from crm.core.idempotency import new_key, run_once
from crm.core.screens.conflicts import Difference, as_opened, differences, has_choices, with_choices
from crm.core.screens.filling import FormRefused, refusals_at, sections_of
from crm.core.screens.second_looks import SEEN, SecondLook, look_url, second_look


class Stale(Conflict):
    """The record was saved by somebody else since the form was shown."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """What one attempt was about, for showing the form again."""

    form: Any
    record: Any
    look: SecondLook | None = None


class EditView[M: models.Model](View):
    """Without `pk` in the address it creates, with it it changes.

    Hooks: `create(form, actor)` and `update(record_id, form, actor)` call a service and give the record;
    `initial(request)` fills a new form; `obstacle(record)` says why the record cannot be edited now;
    `success_url(record)`; `list_url(record)` is where the list of such records stands; `find(pk)` gives the record,
    `lock(pk)` the same one locked; `more(form, record)` is what the template sees beside the form.
    """

    model: type[M]
    form_class: ClassVar[type[Any]]
    template_name: ClassVar[str] = "screens/edit.html"
    saved: ClassVar[str | Promise] = ""

    def create(self, form: Any, actor: Any) -> M:
        raise NotImplementedError

    def update(self, record_id: int, form: Any, actor: Any) -> M:
        raise NotImplementedError

    def initial(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def obstacle(self, record: M) -> str:
        return ""

    def success_url(self, record: M) -> str:
        return screen_url(self.model, "detail", record.pk)

    def list_url(self, record: M | None) -> str:
        return screen_url(self.model, "list")

    def lock(self, pk: int) -> M:
        actor: Any = self.request.user
        return lock_for(self.model, pk, actor, WRITE)

    def more(self, form: Any, record: M | None) -> dict[str, Any]:
        return {}

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        record = self.find(pk)
        if record is None:
            form = self.form_class(actor=request.user, initial=self.initial(request))
        else:
            self._check_obstacle(record)
            form = self.form_class(actor=request.user, instance=record)
        return self.page_of(form, record)

    def page_of(self, form: Any, record: M | None) -> HttpResponse:
        """The page with a form that nobody has sent yet."""
        return self._page(_Sent(form, record))

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        if pk is None:
            check_create(request.user, self.model)
        try:
            url = run_once(request, self._saving(pk))
        except FormRefused as refused:
            return self._page(_Sent(refused.form, self.find(pk), refused.look), status=422)
        except Stale:
            return self._conflict(pk)
        htmx.toast(request, str(self.saved or _("Saved")))
        return htmx.go_to(request, url)

    def find(self, pk: int | None) -> M | None:
        if pk is None:
            check_create(self.request.user, self.model)
            return None
        return find_for(self.model, pk, self.request.user, WRITE)

    def _saving(self, pk: int | None) -> Callable[[], str]:
        """The whole attempt as one piece of work: it runs only where the key has brought no result yet."""

        def work() -> str:
            record = None if pk is None else self._locked(pk)
            form = self._bound(record)
            if not form.is_valid():
                raise FormRefused(form)
            self._look_twice(form)
            with refusals_at(form):
                saved = self.create(form, self.request.user) if pk is None else self.update(pk, form, self.request.user)
            return self.success_url(saved)

        return work

    def _look_twice(self, form: Any) -> None:
        """What a person has not seen yet is shown before anything is saved."""
        look = second_look(self.model, form, self.request.user)
        if look is not None and not look.is_refused and self.request.POST.get(SEEN, "") != look.key:
            raise FormRefused(form, look)

    def _locked(self, pk: int) -> M:
        # Locked before it is compared, so that nobody saves between the comparison and the service.
        record = self.lock(pk)
        self._check_obstacle(record)
        version = getattr(record, "version", None)
        if version is not None and self.request.POST.get("version", "") not in {"", str(version)}:
            raise Stale(_("Somebody else has saved this record since you opened it."))
        return record

    def _check_obstacle(self, record: M) -> None:
        obstacle = self.obstacle(record)
        if obstacle:
            raise Conflict(obstacle)

    def _bound(self, record: M | None) -> Any:
        data: QueryDict = self.request.POST
        actor = self.request.user
        if record is None:
            return self.form_class(data, self.request.FILES, actor=actor)
        if has_choices(data):
            data = with_choices(data, self.form_class(actor=actor, instance=record))
        return self.form_class(data, self.request.FILES, actor=actor, instance=record)

    def _conflict(self, pk: int | None) -> HttpResponse:
        """Both versions field by field, and the typed values in a form which carries the new version."""
        record: Any = self.find(pk)
        actor, posted = self.request.user, self.request.POST
        # Each form writes into its own instance.
        kept = self.form_class(actor=actor, instance=self.find(pk))
        opened = as_opened(record, posted.get("version", ""))
        known = None if opened is None else self.form_class(actor=actor, instance=opened)
        form = self._bound(self.find(pk))
        return self._page(_Sent(form, record), status=409, conflict=differences(form, kept, known))

    def _page(self, sent: _Sent, *, status: int = 200, conflict: list[Difference] | None = None) -> HttpResponse:
        record = sent.record
        noun = self.model._meta.verbose_name
        context = {
            "form": sent.form,
            "record": record,
            "title": _("Edit %(name)s") % {"name": record} if record else _("New %(noun)s") % {"noun": noun},
            "trail": self._trail(record),
            "sections": sections_of(sent.form),
            "submit_label": (_("Save %(noun)s anyway") if sent.look else _("Save %(noun)s")) % {"noun": noun},
            "look": sent.look,
            "look_url": look_url(self.model, record),
            "cancel_url": (record and screen_url(self.model, "detail", record.pk)) or self.list_url(record),
            "idempotency_key": new_key(),
            "version": getattr(record, "version", ""),
            "conflict": conflict,
            "reload_url": self.request.path,
            **self.more(sent.form, record),
        }
        return render(self.request, self.template_name, context, status=status)

    def _trail(self, record: M | None) -> list[tuple[str, str]]:
        nouns = (str(self.model._meta.verbose_name_plural).capitalize(), self.list_url(record))
        if record is None:
            return [nouns, (_("New"), "")]
        return [nouns, (str(record), screen_url(self.model, "detail", record.pk)), (_("Edit"), "")]

"""The pages of campaign activities: planned, distributed, and what became of each member."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Count
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from crm.core import htmx
from crm.core.access import READ, WRITE, Link, find_for, visible_names
from crm.core.addresses import screen_url
from crm.core.errors import Conflict, NotFound
from crm.core.fields import Kind
from crm.core.idempotency import new_key, run_once
from crm.core.screens.buttons import rights_on
from crm.core.screens.parts import PartDeleteView, PartEditView
from crm.data.export.answers import table_file
from crm.data.export.columns import FileColumn
from crm.data.export.formats import CSV, XLSX
from crm.data.services.exports import check_may_export, may_export
from leads.list_forms import CampaignActivityForm
from leads.models import Campaign, CampaignActivity, Distribution, DistributionRow
from leads.models.campaigns import CAMPAIGN_CLOSED
from leads.services import distribution as services
from leads.services.lists import MODELS

_MOST_NAMED = 50
_HOPED_FOR = (DistributionRow.Outcome.MADE, DistributionRow.Outcome.WAITING)


def _closed(campaign: Campaign) -> str:
    if campaign.state not in CAMPAIGN_CLOSED:
        return ""
    return _("This campaign is %(state)s.") % {"state": campaign.state_label.lower()}


class StepEditView(PartEditView[CampaignActivity]):
    parent = Campaign
    form_class = CampaignActivityForm
    title = gettext_lazy("Campaign activity")
    submit_label = gettext_lazy("Save activity")
    saved = gettext_lazy("Activity saved")

    def parts(self, record: Campaign) -> Any:
        return record.steps.all()

    def obstacle(self, record: Campaign) -> str:
        return _closed(record)

    def add(self, pk: int, form: CampaignActivityForm, actor: Any) -> CampaignActivity:
        return services.add_step(campaign_id=pk, values=form.values, actor=actor, at=timezone.now())

    def change(self, part_id: int, form: CampaignActivityForm, actor: Any) -> CampaignActivity:
        return services.update_step(step_id=part_id, values=form.values, actor=actor, at=timezone.now())


class StepDeleteView(PartDeleteView[CampaignActivity]):
    parent = Campaign
    title = gettext_lazy("Remove campaign activity")
    removed = gettext_lazy("Activity removed")

    def parts(self, record: Campaign) -> Any:
        return record.steps.all()

    def obstacle(self, record: Campaign) -> str:
        return _closed(record)

    def remove(self, part_id: int, actor: Any) -> Campaign:
        return services.remove_step(step_id=part_id, actor=actor, at=timezone.now())


def _step(campaign: Campaign, part_id: int) -> CampaignActivity:
    found = campaign.steps.select_related("list", "campaign", "owner", "owner_team").filter(pk=part_id).first()
    if found is None:
        raise NotFound(_("This is not there any more."))
    return found


def _step_url(step: CampaignActivity) -> str:
    return reverse("leads:campaign_activity_progress", args=[step.campaign_id, step.pk])


class _AskView(View):
    """GET asks, POST does it once. Hooks: what is asked, what stands in the way, and the service."""

    title: Any
    done: Any

    def obstacle(self, step: CampaignActivity) -> str:
        raise NotImplementedError

    def sentence(self, step: CampaignActivity) -> str:
        raise NotImplementedError

    def act(self, step: CampaignActivity, actor: Any) -> Any:
        raise NotImplementedError

    def get(self, request: HttpRequest, pk: int, part_id: int) -> HttpResponse:
        campaign = find_for(Campaign, pk, request.user, WRITE)
        step = _step(campaign, part_id)
        if obstacle := self.obstacle(step):
            raise Conflict(obstacle)
        context = {
            "title": self.title,
            "sentence": self.sentence(step),
            "trail": [*_trail(campaign), (str(step), _step_url(step)), (self.title, "")],
            "submit_label": self.title,
            "cancel_url": _step_url(step),
            "idempotency_key": new_key(),
        }
        return render(request, "screens/part_delete.html", context)

    def post(self, request: HttpRequest, pk: int, part_id: int) -> HttpResponse:
        actor = cast(Any, request.user)

        def work() -> str:
            step = _step(find_for(Campaign, pk, actor, WRITE), part_id)
            self.act(step, actor)
            return _step_url(step)

        url = run_once(request, work)
        htmx.toast(request, str(self.done))
        return htmx.go_to(request, url)


def _trail(campaign: Campaign) -> list[tuple[Any, str]]:
    return [
        (_("Campaigns"), screen_url(Campaign, "list")),
        (str(campaign), screen_url(Campaign, "detail", campaign.pk)),
    ]


class DistributeView(_AskView):
    title = gettext_lazy("Distribute")
    done = gettext_lazy("Distribution started")

    def obstacle(self, step: CampaignActivity) -> str:
        return services.distribute_obstacle(step)

    def sentence(self, step: CampaignActivity) -> str:
        return _(
            "Each member of the list whom you may see gets the activity “%(subject)s”. Who has opted out, is inactive, "
            "has no address for it or was contacted lately is left out and named."
        ) % {"subject": step.subject}

    def act(self, step: CampaignActivity, actor: Any) -> Distribution:
        return services.distribute(step_id=step.pk, actor=actor, at=timezone.now())


class UndoDistributionView(_AskView):
    title = gettext_lazy("Take back")
    done = gettext_lazy("Distribution taken back")

    def obstacle(self, step: CampaignActivity) -> str:
        found = services.live_distribution(step)
        if found is None:
            return _("There is nothing to take back.")
        return services.undo_obstacle(found, timezone.now())

    def sentence(self, step: CampaignActivity) -> str:
        return _("The activities go into the bin. Those on which somebody has worked stay, and are named.")

    def act(self, step: CampaignActivity, actor: Any) -> Distribution:
        return services.undo_distribution(step_id=step.pk, actor=actor, at=timezone.now())


@dataclass(frozen=True, slots=True)
class Left:
    """Members of one outcome: how many, and the first of them by name."""

    label: str
    number: int
    links: list[Link]

    @property
    def more(self) -> int:
        return self.number - len(self.links)


class StepDetailView(View):
    """One campaign activity with its last distribution, drawn again by itself while that runs; with `?file=csv` or
    `xlsx` whom it left out, each with the reason, as a file."""

    def get(self, request: HttpRequest, pk: int, part_id: int) -> HttpResponse | FileResponse:
        campaign = find_for(Campaign, pk, request.user, READ)
        step = _step(campaign, part_id)
        if kind := request.GET.get("file"):
            return self._file(step, kind)
        template = "leads/campaign_activity.html"
        name = f"{template}#progress" if htmx.asks_for(request, "distribution") else template
        return htmx.varies(render(request, name, self._context(campaign, step)))

    def _file(self, step: CampaignActivity, kind: str) -> FileResponse:
        check_may_export(self.request.user)
        found = _last(step)
        if found is None:
            raise NotFound(_("This has not been distributed yet."))
        title = _("Left out of %(activity)s") % {"activity": step.subject}
        labels = (_("Name"), _("Reason"), _("Address of the page"))
        columns = [FileColumn(label=label, kind=Kind.TEXT) for label in labels]
        return table_file(title, columns, _skipped(found, step, self.request), kind)

    def _context(self, campaign: Campaign, step: CampaignActivity) -> dict[str, Any]:
        actor = self.request.user
        found = _last(step)
        may_write = bool(rights_on(campaign, actor, {WRITE})[WRITE]) and not _closed(campaign)
        is_live = found is not None and found.undone_at is None
        rows = _seen(found, step, actor) if found else DistributionRow.objects.none()
        numbers = dict(rows.order_by().values_list("outcome").annotate(Count("pk")))
        total = sum(numbers.values())
        failed = is_live and found is not None and found.has_stopped
        is_running = is_live and found is not None and found.finished_at is None and not failed
        left = [] if is_running or found is None else list(_left(rows, step, numbers, actor))
        return {
            "title": step.subject,
            "lead": f"{step.get_channel_display()} · {campaign}",
            "trail": [*_trail(campaign), (str(step), "")],
            "campaign": campaign,
            "step": step,
            "list_link": visible_names(actor, [(type(step.list), step.list_id)])[type(step.list), step.list_id],
            "found": found,
            "is_running": is_running,
            "has_failed": failed,
            "made": numbers.get("made", 0),
            "handled": total - numbers.get("waiting", 0),
            "total": total,
            "has_hidden": found is not None and found.total > total,
            "left": left,
            "files": (CSV, XLSX) if left and may_export(actor) else (),
            "may_change": may_write and not is_live,
            "distribute_obstacle": services.distribute_obstacle(step) if may_write and not is_live else "",
            "may_undo": may_write and found is not None and not services.undo_obstacle(found, timezone.now()),
        }


def _last(step: CampaignActivity) -> Distribution | None:
    return step.distributions.select_related("job", "person").order_by("-pk").first()


def _skipped(found: Distribution, step: CampaignActivity, request: HttpRequest) -> list[tuple[str, str, str]]:
    """Of those whom the reader sees: name, reason, and where they are."""
    noun, model = step.list.members_are, MODELS[step.list.members_are]
    rows = _seen(found, step, request.user).exclude(outcome__in=_HOPED_FOR).order_by("outcome", "pk")
    told = list(rows.values_list(f"{noun}_id", "outcome"))
    names = visible_names(request.user, [(model, key) for key, _outcome in told])
    reasons = {outcome.value: str(outcome.label) for outcome in DistributionRow.Outcome}
    links = [(names[model, key], reasons[outcome]) for key, outcome in told]
    return [(link.label, reason, request.build_absolute_uri(link.url)) for link, reason in links]


def _seen(found: Distribution, step: CampaignActivity, actor: Any) -> Any:
    """Of the members, those whom the reader sees: nobody else is named, nor counted."""
    visible: Any = MODELS[step.list.members_are]._default_manager.visible_to(actor)
    return found.rows.filter(**{f"{step.list.members_are}__in": visible.order_by().values("pk")})


def _left(rows: Any, step: CampaignActivity, numbers: dict[str, int], actor: Any) -> Iterator[Left]:
    """Whom the activity did not reach, by reason."""
    noun = step.list.members_are
    model = MODELS[noun]
    for outcome in DistributionRow.Outcome:
        if outcome in _HOPED_FOR or not numbers.get(outcome):
            continue
        listed = rows.filter(outcome=outcome).order_by("pk").values_list(f"{noun}_id", flat=True)
        keys = list(listed[:_MOST_NAMED])
        names = visible_names(actor, [(model, key) for key in keys])
        yield Left(str(outcome.label), numbers[outcome], [names[model, key] for key in keys])

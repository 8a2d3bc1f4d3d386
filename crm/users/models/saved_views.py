"""Views of lists that people keep: what they ask for and how it is shown."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from crm.core.access import READ, Branch
from crm.core.models import Line, tracked
from crm.users.models.organisation_units import Team
from crm.users.models.user import User
from crm.users.reach import reach_of


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """One's own, and those shared with a team of one's own; administrators see whatever is shared with anybody.

    The owner changes a view, and an administrator a shared one.
    """

    def visible_to(self, actor: Any) -> "SavedViewQuerySet":
        return self.for_action(actor, READ)

    def for_action(self, actor: Any, action: str) -> "SavedViewQuerySet":
        condition = Q()
        for branch in self.branches(actor, action):
            if not branch.condition:
                return self
            condition |= branch.condition
        return self.filter(condition)

    def branches(self, actor: Any, action: str = READ) -> list[Branch]:
        if getattr(actor, "actor_kind", "") not in {"user", ""}:
            return [Branch("all", Q())]
        reach = reach_of(actor) if actor is not None else None
        if reach is None:
            return [Branch("nothing", Q(pk__in=()))]
        own = Branch("own", Q(owner_id=reach.user_id))
        shares = SavedViewTeam.objects.values("view")
        if reach.is_administrator:
            return [own, Branch("shared", Q(pk__in=shares))]
        if action != READ:
            return [own]
        return [own, *(Branch(f"team {team}", Q(pk__in=shares.filter(team=team))) for team in reach.team_ids)]


@tracked
class SavedView(Line):
    """`noun` is the table ("leads.lead"); everything else is kept as the address of the list says it."""

    everybody_creates: ClassVar[bool] = True

    class Density(models.TextChoices):
        COMPACT = "compact", _("Compact")
        ROOMY = "roomy", _("Roomy")

    class Layout(models.TextChoices):
        BOARD = "board", _("Board")

    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_views", verbose_name=_("owner"))
    noun = models.CharField(_("list"), max_length=100)
    name = models.CharField(_("name"), max_length=80)
    query = models.TextField(_("query"), blank=True)
    columns = models.TextField(
        _("columns"), blank=True, help_text=_("Their names with commas between; empty for the usual ones.")
    )
    sort = models.CharField(
        _("order"), max_length=100, blank=True, help_text=_("A field, with - before it for the largest first.")
    )
    density = models.CharField(_("density"), max_length=10, blank=True, choices=Density.choices)
    grouping = models.CharField(_("grouped by"), max_length=100, blank=True)
    layout = models.CharField(_("shown as"), max_length=10, blank=True, choices=Layout.choices)
    teams: Any = models.ManyToManyField(
        Team, through="users.SavedViewTeam", related_name="saved_views", verbose_name=_("shared with"), blank=True
    )

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("view")
        verbose_name_plural = _("views")
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(Lower("name"), "owner", "noun", name="one_view_per_name_person_and_list"),
        ]
        indexes = [models.Index(fields=["owner", "noun"], name="views_of_a_person")]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """As in the address of its list."""
        return view_key(self.pk)


def view_key(pk: int) -> str:
    return f"saved-{pk}"


@tracked
class SavedViewTeam(models.Model):
    """A view that a team sees."""

    view = models.ForeignKey(SavedView, models.CASCADE, related_name="shares")
    team = models.ForeignKey(Team, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("shared view")
        verbose_name_plural = _("shared views")
        constraints = [models.UniqueConstraint(fields=["view", "team"], name="view_shared_once_with_a_team")]

    def __str__(self) -> str:
        return f"{self.view}: {self.team}"


class ViewPin(models.Model):
    """A view that a person keeps as a tab."""

    untracked_because = "how somebody arranges their own screen"

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="pins")

    class Meta:
        verbose_name = _("pinned view")
        verbose_name_plural = _("pinned views")
        constraints = [models.UniqueConstraint(fields=["user", "view"], name="view_pinned_once_by_a_person")]

    def __str__(self) -> str:
        return f"{self.user}: {self.view}"


class ViewDefault(models.Model):
    """The view with which a list opens for a person: one of its own (`key`), or a saved one (`view` beside)."""

    untracked_because = "how somebody arranges their own screen"

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    noun = models.CharField(_("list"), max_length=100)
    key = models.CharField(_("view"), max_length=60)
    view = models.ForeignKey(SavedView, models.CASCADE, null=True, related_name="+")

    class Meta:
        verbose_name = _("first view")
        verbose_name_plural = _("first views")
        constraints = [models.UniqueConstraint(fields=["user", "noun"], name="one_first_view_per_person_and_list")]

    def __str__(self) -> str:
        return f"{self.user}: {self.noun} {self.key}"

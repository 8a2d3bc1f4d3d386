"""The form of a view that somebody keeps of a list: its query, its look, and with whom it is shared."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.apps import apps
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.access import READ
from crm.core.addresses import screen_url
from crm.core.forms import RecordForm
from crm.core.query import QueryError, condition, parse
from crm.core.screens import ListView
from crm.core.screens.lists.look_choices import (
    Choices,
    Picks,
    capital,
    density_choices,
    gone_words,
    group_choices,
    layout_choices,
    offered_by_name,
    picks_of,
    sort_choices,
)
from crm.core.screens.lists.terms import COMPLETE
from crm.core.screens.nouns import list_view_of, noun_of
from crm.core.tables.choosing import MOST_COLUMNS, names_of
from crm.users.access import may, permission_name
from crm.users.models import SavedView, Team
from crm.users.services.saved_views import LONGEST_QUERY, ViewValues, teams_within_reach


class ColumnPicks(forms.CheckboxSelectMultiple):
    """The columns of a list as in the panel of its look; their order is that of the boxes."""

    template_name = "screens/column_picks.html"

    def __init__(self, picks: Callable[[Sequence[str]], Picks]) -> None:
        super().__init__()
        self._picks = picks

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return _names(data.getlist(name)) if hasattr(data, "getlist") else _names([str(data.get(name, ""))])

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        picks = self._picks(value or [])
        context = super().get_context(name, value, attrs)
        return {**context, "name": name, "picked": picks.picked, "groups": picks.groups}


class ColumnsField(forms.MultipleChoiceField):
    """Another order is another choice."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or []) != list(data or [])


class SavedViewForm(RecordForm[SavedView]):
    """What a view keeps, and with whom it is shared. `noun` says of which list a new one is; without a list that the
    person may open there is nothing to choose.

    What the view names and is gone can still be kept: nothing is lost by renaming a view.
    """

    columns = ColumnsField(label=gettext_lazy("Columns"), required=False)
    sort = forms.ChoiceField(label=gettext_lazy("Sorted by"), required=False)
    grouping = forms.ChoiceField(label=gettext_lazy("Grouped by"), required=False)
    layout = forms.ChoiceField(label=gettext_lazy("Shown as"), required=False, widget=forms.RadioSelect)
    density = forms.ChoiceField(label=gettext_lazy("Density"), required=False, widget=forms.RadioSelect)
    query = forms.CharField(
        label=gettext_lazy("Query"),
        required=False,
        max_length=LONGEST_QUERY,
        widget=forms.Textarea(
            attrs={"rows": 2, "class": "query-input", "dir": "auto", "spellcheck": "false", "autocomplete": "off"}
        ),
        help_text=gettext_lazy("The same words as in the box above the list."),
    )
    teams = forms.ModelMultipleChoiceField(
        Team.objects.none(),
        label=gettext_lazy("Teams"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Everybody in these teams finds the view in the menu of the list. Only you can change it."
        ),
    )
    noun = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = SavedView
        fields = ("name", "query", "columns", "sort", "grouping", "layout", "density", "teams", "noun")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        shared: Any = self.instance.teams.all() if self.instance.pk else Team.objects.none()
        self.fields["teams"].queryset = (teams_within_reach(self.actor) | shared).distinct()  # type: ignore[attr-defined]  # declared above
        if self.instance.pk:
            del self.fields["noun"]
        if self.listed is None:
            for name in ("columns", "sort", "grouping", "layout", "density"):
                del self.fields[name]
        else:
            self._offer(self.listed)

    @cached_property
    def listed(self) -> ListView | None:
        """The list of the view; None for one that this person may not open."""
        noun = self.instance.noun or self.data.get("noun") or self.initial.get("noun", "")
        model = next((model for model in apps.get_models() if model._meta.label_lower == noun), None)
        if model is None or not screen_url(model, "list") or not may(self.actor, permission_name(model, READ)):
            return None
        return list_view_of(noun_of(model))()

    @property
    def complete_url(self) -> str:
        """Where the box of the query gets its proposals."""
        return f"{screen_url(self.listed.model, 'list')}?panel={COMPLETE}" if self.listed else ""

    def _offer(self, listed: ListView) -> None:
        offered = offered_by_name(listed.table, self.actor)
        names = _names([self._chosen("columns")]) or self._usual
        self.initial["columns"] = names
        columns: Any = self.fields["columns"]
        columns.widget = ColumnPicks(lambda chosen: picks_of(offered, chosen))
        columns.choices = [(name, capital(one.label)) for name, one in offered.items()]
        columns.choices += [(name, gone_words(name)) for name in names if name not in offered]
        sorts = sort_choices([one for one in offered.values() if not (one.field and one.field.through)])
        self._choose("sort", sorts)
        self._choose("grouping", group_choices(listed.model, self.actor))
        self._choose("layout", layout_choices(listed.table, self.actor) or [("", _("List"))])
        self._choose("density", density_choices())

    def _choose(self, name: str, choices: Choices) -> None:
        """What the view says now can stay, also where it is gone."""
        field: Any = self.fields[name]
        now = self._chosen(name)
        field.says_nothing_too = True
        known = {value for value, _label in choices}
        field.choices = [*choices, *([(now, gone_words(now))] if now not in known else [])]

    def _chosen(self, name: str) -> str:
        """What the view keeps, or the address of the form proposes."""
        found = self.initial.get(name, getattr(self.instance, name))
        return ",".join(found) if isinstance(found, list) else str(found)

    @cached_property
    def _usual(self) -> list[str]:
        """The columns of the list as long as nobody chooses others."""
        assert self.listed is not None  # noqa: S101 - only asked of a list
        table = self.listed.table
        return names_of(table.sheet(), table, self.actor)

    def clean_noun(self) -> str:
        if self.listed is None:
            raise forms.ValidationError(_("There is no such list, or you may not see it."))
        return str(self.cleaned_data["noun"])

    def clean_columns(self) -> list[str]:
        names = list(dict.fromkeys(self.cleaned_data["columns"]))
        if len(names) > MOST_COLUMNS:
            raise forms.ValidationError(_("A list has at most %(most)s columns.") % {"most": MOST_COLUMNS})
        return names

    def clean_query(self) -> str:
        """A new query must be understood; one that a view has kept may name what is gone."""
        text = str(self.cleaned_data["query"]).strip()
        if self.listed is not None and (not self.instance.pk or text != self.instance.query):
            words = self.listed.filterset.search_fields
            try:
                condition(parse(text), self.listed.model, self.actor, timezone.now(), words=words)
            except QueryError as error:
                raise forms.ValidationError(
                    _("“%(text)s”: %(why)s")
                    % {"text": text[error.start : error.end][:40] or "…", "why": error.sentence}
                ) from error
        return text

    @property
    def view_values(self) -> ViewValues:
        """The usual columns are kept as none, so that the view follows when the list gets others."""
        kept = ("name", "query", "sort", "density", "grouping", "layout")
        names = self.cleaned_data["columns"]
        columns = "" if names == self._usual else ",".join(names)
        return ViewValues(columns=columns, **{name: self.cleaned_data[name] for name in kept})


def _names(sent: Sequence[str]) -> list[str]:
    return [name.strip() for part in sent for name in part.split(",") if name.strip()]

"""Tags on many records, and off them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core import history
from crm.core.access import WRITE
from crm.core.models import Tag
from crm.core.tags import MOST_ON_A_RECORD, find_or_make_tags, known_tags, split_names, with_tags, without_tags
from crm.data.acts.base import Kept, Outcome, Result, Results, SetAct, by_key, judged

_SUGGESTED = 200


class TagsForm(forms.Form):
    names = forms.CharField(
        label=gettext_lazy("Tags"),
        max_length=400,
        help_text=gettext_lazy("Several are set apart by commas."),
        widget=forms.TextInput(attrs={"list": "known-tags", "autocomplete": "off"}),
    )

    def clean_names(self) -> list[str]:
        names = split_names(self.cleaned_data["names"])
        if not names:
            raise forms.ValidationError(_("Type at least one tag."))
        return names

    @property
    def suggestions(self) -> list[str]:
        return list(Tag.objects.values_list("name", flat=True)[:_SUGGESTED])


class _TagsAct(SetAct):
    right = WRITE

    def form(self, data: Any = None) -> Any:
        return TagsForm(data)

    def change(self, records: list[Any], form: Any, at: Any) -> Results:
        keys = {tag.pk for tag in self.tags(form.cleaned_data["names"])}
        return self.write(records, keys)

    def write(self, records: list[Any], keys: set[int]) -> Results:
        results: Results = {}
        changed = []
        for record in records:
            old, new = record.tags, self.after(record.tags, keys)
            if len(new) > MOST_ON_A_RECORD:
                sentence = _("A record carries at most %(most)s tags.") % {"most": MOST_ON_A_RECORD}
                results[record.pk] = Result(Outcome.FAILED, sentence)
            elif new == old:
                results[record.pk] = Result(Outcome.SAME)
            else:
                changed.append(record.pk)
                differing = sorted(set(old) ^ set(new))
                results[record.pk] = Result(Outcome.DONE, before={"tags": differing}, after={"tags": differing})
        if changed:
            with history.action(self.done):
                self.model._default_manager.filter(pk__in=changed).update(tags=self.written(keys))
        return results

    def take_back(self, kept: Sequence[Kept], at: Any, done_at: Any) -> Results:
        """Only the tags that this run put on or took off; other ones may have come and gone since."""
        known, other = by_key(kept), self.opposite(self.model, self.actor)
        records, results = judged(other, list(known))
        groups: dict[tuple[int, ...], list[Any]] = {}
        for record in records:
            groups.setdefault(tuple(known[record.pk].before["tags"]), []).append(record)
        for keys, group in groups.items():
            results |= other.write(group, set(keys))
        return {key: _moved_on(result) for key, result in results.items()}

    done: str
    opposite: Any

    def tags(self, names: list[str]) -> list[Tag]:
        raise NotImplementedError

    def after(self, tags: list[int], keys: set[int]) -> list[int]:
        raise NotImplementedError

    def written(self, keys: set[int]) -> Any:
        raise NotImplementedError


def _moved_on(result: Result) -> Result:
    return Result(Outcome.MOVED_ON) if result.outcome == Outcome.SAME else result


class TagAct(_TagsAct):
    key, label = "tag", gettext_lazy("Add tags")
    done = "record.tagged"

    def summary(self, form: Any) -> str:
        return _("Tags added: %(names)s") % {"names": ", ".join(form.cleaned_data["names"])}

    def tags(self, names: list[str]) -> list[Tag]:
        return find_or_make_tags(names, self.actor)

    def after(self, tags: list[int], keys: set[int]) -> list[int]:
        return sorted({*tags, *keys})

    def written(self, keys: set[int]) -> Any:
        return with_tags(keys)


class UntagAct(_TagsAct):
    key, label = "untag", gettext_lazy("Remove tags")
    done = "record.untagged"

    def summary(self, form: Any) -> str:
        return _("Tags removed: %(names)s") % {"names": ", ".join(form.cleaned_data["names"])}

    def tags(self, names: list[str]) -> list[Tag]:
        return known_tags(names)

    def after(self, tags: list[int], keys: set[int]) -> list[int]:
        return sorted(set(tags) - keys)

    def written(self, keys: set[int]) -> Any:
        return without_tags(keys)


TagAct.opposite, UntagAct.opposite = UntagAct, TagAct

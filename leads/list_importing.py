"""Members of marketing lists from files: who is told by number, key of another system or e-mail is put on a list."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.access import WRITE
from crm.core.errors import Conflict, Invalid
from crm.core.fields import Kind
from crm.data.importing.drafts import DUPLICATE, Draft, Work
from crm.data.importing.lookups import Lookups, why_not
from crm.data.importing.registry import Importer, Values
from crm.data.importing.targets import Target
from crm.users.models import User
from leads.models import ListMember, MarketingList
from leads.services.lists import MODELS, count_members, fill_obstacle

LIST = Target(
    name="list",
    label=gettext_lazy("marketing list"),
    kind=Kind.RECORD,
    related=MarketingList,
    attribute="list_id",
)
#: What a member is told by, the surest first. Which table it is looked for in, the list says.
MEMBER = Target(name="member", label=gettext_lazy("number or ID of the member"), kind=Kind.TEXT, most=300)
EMAIL = Target(name="email", label=gettext_lazy("e-mail of the member"), kind=Kind.TEXT, most=300)
_TOLD_BY = (MEMBER, EMAIL)


def _before(drafts: Sequence[Draft], work: Work) -> None:
    lists = _lists({draft.values["list"] for draft in drafts if draft.values.get("list")}, work)
    work.kept["lists"] = lists
    for members_are, model in MODELS.items():
        there = {key for key, found in lists.items() if found.members_are == members_are}
        _find([draft for draft in drafts if draft.values.get("list") in there], model, work)
    work.kept["on lists"] = _on_lists(drafts, lists)


def _lists(keys: set[int], work: Work) -> Mapping[int, MarketingList]:
    """Those that the person may fill; while rows are written nobody else fills or locks them."""
    rows: Any = MarketingList.objects.for_action(work.actor, WRITE).filter(pk__in=keys).order_by("pk")
    if not work.is_rehearsal:
        rows = rows.select_for_update(of=("self",))
    return {found.pk: found for found in rows}


def _find(drafts: Sequence[Draft], model: type[models.Model], work: Work) -> None:
    lookups = work.once("lookups of members", lambda: Lookups(work.actor))
    for target in _TOLD_BY:
        waiting = [draft for draft in drafts if "key" not in draft.values and draft.values.get(target.name)]
        found = lookups.find(model, {draft.values[target.name] for draft in waiting})
        for draft in waiting:
            keys = found[draft.values[target.name]]
            if len(keys) == 1:
                draft.values["key"] = next(iter(keys))


def _on_lists(drafts: Sequence[Draft], lists: Mapping[int, MarketingList]) -> set[tuple[int, int]]:
    """Pairs of list and record that are there already, of those that the rows ask for."""
    found = set()
    for key, one in lists.items():
        noun = one.members_are
        wanted = {draft.values.get("key") for draft in drafts if draft.values.get("list") == key} - {None}
        rows = ListMember.objects.filter(list=key, **{f"{noun}__in": wanted})
        found |= {(key, member) for member in rows.values_list(noun, flat=True)}
    return found


def _build(draft: Draft, work: Work) -> ListMember:
    found = work.kept["lists"].get(_chosen(draft))
    if found is None:
        raise Invalid(_("You may not change this list."), field="list")
    if obstacle := fill_obstacle(found):
        raise Invalid(obstacle, field="list")
    key = draft.values.get("key")
    if key is None:
        raise _unknown(draft, found, work)
    if (found.pk, key) in work.kept["on lists"] or (found.pk, key) in _seen(work):
        draft.outcome = DUPLICATE
        draft.notes.append(_("On the list already."))
    _seen(work).add((found.pk, key))
    return ListMember(list=found, added_by=work.actor, **{f"{found.members_are}_id": key})


def _chosen(draft: Draft) -> int:
    if draft.values.get("list") is None:
        raise Invalid(_("Choose a marketing list."), field="list")
    return int(draft.values["list"])


def _seen(work: Work) -> set[tuple[int, int]]:
    """What earlier rows have asked for: of this block, in a rehearsal of all."""
    if not work.is_rehearsal:
        found: set[tuple[int, int]] = work.kept["on lists"]
        return found
    return work.once("seen on lists", set)


def _unknown(draft: Draft, found: MarketingList, work: Work) -> Invalid:
    told = next((target for target in _TOLD_BY if draft.values.get(target.name)), None)
    if told is None:
        return Invalid(_("Enter a number, an ID or an e-mail address."), field="member")
    keys = Lookups(work.actor).find(MODELS[found.members_are], {draft.values[told.name]})[draft.values[told.name]]
    words = {"noun": found.get_members_are_display(), "why": why_not(draft.values[told.name], keys)}
    return Invalid(_("%(noun)s: %(why)s") % words, field=told.name)


def _after(_drafts: Sequence[Draft], work: Work) -> Sequence[models.Model]:
    for found in work.kept["lists"].values():
        count_members(found)
    return ()


def _take_away(keys: Sequence[int]) -> None:
    """Lists say how many they have."""
    rows = ListMember.objects.filter(pk__in=keys)
    lists = MarketingList.with_bin.filter(pk__in=rows.values("list")).order_by("pk")
    concerned = list(lists.select_for_update(of=("self",)))
    rows.delete()
    for found in concerned:
        count_members(found)


def _update(_pk: int, _values: Values, _actor: User, _at: dt.datetime) -> ListMember:
    raise Conflict(_("Who is on a list is on it; there is nothing to change."))


def _may_fill(actor: Any) -> bool:
    return bool(actor.has_perm("leads.write_marketinglist"))


LIST_MEMBERS = Importer(
    model=ListMember,
    columns=(),
    targets=(LIST, *_TOLD_BY),
    chosen=("list",),
    before=_before,
    build=_build,
    after=_after,
    update=_update,
    take_away=_take_away,
    is_owned=False,
    has_external_ids=False,
    may=_may_fill,
    names={
        "list": "list marketinglist listname staticlist listid marketinglistid campaign segment liste verteiler",
        "member": "member number id contactid leadid accountid memberid leadnumber contactnumber accountnumber recordid"
        " companyid personid nummer",
        "email": "email emailaddress emailaddress1 mail email1 workemail primaryemail personemail",
    },
)

"""Leads and what brings them: no post is lost or counts twice, and what is kept beside rows agrees with them."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, DecimalField, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from crm.core.errors import Invalid
from crm.core.folding import fold
from crm.core.history import event_model
from crm.core.invariants import Check, Faults, faults_by, faults_of, register_check, stale_columns, table
from crm.data.models import Merge, MergedRecord
from leads.models import (
    Campaign,
    CampaignCost,
    CampaignResponse,
    CapturedPost,
    CaptureForm,
    Distribution,
    DistributionRow,
    Lead,
    ListMember,
    MarketingList,
    Touch,
)
from leads.services.capture import FROM_WEBSITES
from leads.values import COMPUTED, settle

_Verdict = CapturedPost.Verdict
_READ = ("topic", "first_name", "middle_name", "last_name", "company", "email", "website", "phone", "mobile")
_LEADS = Lead._meta.label_lower


def _lost_posts() -> Faults:
    """An accepted post has its lead, and one that came again its touch."""
    posts = CapturedPost.objects.annotate(is_touch=Exists(Touch.objects.filter(post=OuterRef("pk"))))
    return faults_of(
        posts.filter(
            Q(verdict__in=(_Verdict.LEAD, _Verdict.TOUCH), lead__isnull=True)
            | Q(verdict=_Verdict.TOUCH, is_touch=False)
        )
    )


def _undecided_with_touch() -> Faults:
    """A lead they have not: the database sees to that."""
    posts = CapturedPost.objects.exclude(verdict=_Verdict.TOUCH)
    return faults_of(posts.filter(Exists(Touch.objects.filter(post=OuterRef("pk")))))


def _strangers_touches() -> Faults:
    return faults_of(Touch.objects.filter(post__isnull=False).exclude(lead=F("post__lead")))


def _leads_of_two_posts() -> Faults:
    """A post makes one lead; only a merge brings the posts of several to one."""
    took_in = Merge.objects.filter(noun=_LEADS, master_id=OuterRef("pk"), undone_at__isnull=True)
    made = Count("posts", filter=Q(posts__verdict=_Verdict.LEAD))
    twice = Lead.with_bin.filter(posts__verdict=_Verdict.LEAD).annotate(made=made).filter(made__gt=1)
    return faults_of(twice.exclude(Exists(took_in)))


def _leads_without_post() -> Faults:
    """Made by a post, and no post names it: the post is lost, or it made two."""
    return faults_by(
        Lead,
        f"SELECT one.id FROM {table(Lead)} AS one JOIN {table(event_model(Lead))} AS made ON made.pgh_obj_id = one.id"  # noqa: S608 - our own tables
        " WHERE made.pgh_label = 'insert' AND made.pgh_context ->> 'action' = ANY (%s)"
        f" AND NOT EXISTS (SELECT 1 FROM {table(CapturedPost)} AS post WHERE post.lead_id = one.id)"
        f" AND NOT EXISTS (SELECT 1 FROM {table(MergedRecord)} AS loser JOIN {table(Merge)} AS merge"
        " ON merge.id = loser.merge_id WHERE loser.noun = %s AND loser.record_id = one.id AND merge.undone_at IS NULL)",
        [sorted(FROM_WEBSITES), _LEADS],
    )


def _states() -> Faults:
    contacted = Q(state="open", status_reason="contacted", contacted_at__isnull=True)
    consent = ~Q(consent_text="") & Q(consent_at__isnull=True)
    return faults_of(Lead.with_bin.filter(contacted | consent))


def _settle(lead: Lead) -> None:
    """What a lead may hold is asked when it is written; here only what follows from it."""
    try:
        settle(lead)
    except Invalid:
        lead.website = ""
        settle(lead)


def _stale() -> Iterator[str]:
    yield from stale_columns(Lead, _READ, COMPUTED, _settle)
    yield from stale_columns(Campaign, ["name", "code"], ["sort_key", "code_key"], _settle_campaign)
    for model, name in ((MarketingList, "name"), (CaptureForm, "name"), (CampaignResponse, "subject")):
        yield from stale_columns(model, [name], ["sort_key"], _folding(name))


def _settle_campaign(campaign: Campaign) -> None:
    campaign.sort_key, campaign.code_key = fold(campaign.name), fold(campaign.code)


def _folding(name: str) -> Any:
    def follow(record: Any) -> None:
        record.sort_key = fold(getattr(record, name))

    return follow


def _costs() -> Faults:
    spent = (
        CampaignCost.objects.filter(campaign=OuterRef("pk"))
        .order_by()
        .values("campaign")
        .annotate(sum=Sum("base_amount"))
    )
    amount: Any = DecimalField(max_digits=19, decimal_places=4)
    rows = Campaign.with_bin.annotate(
        spent=Coalesce(Subquery(spent.values("sum"), output_field=amount), 0, output_field=amount)
    )
    return faults_of(rows.exclude(actual_cost=F("spent")))


def _members() -> Faults:
    lists = MarketingList.with_bin.annotate(there=Count("rows"))
    yield from faults_of(lists.exclude(member_count=F("there")).filter(kind=MarketingList.Kind.STATIC))
    for noun in MarketingList.Members.values:
        yield from faults_of(ListMember.objects.filter(list__members_are=noun, **{f"{noun}__isnull": True}))


def _distributions() -> Faults:
    counted = Distribution.objects.annotate(there=Count("rows"))
    yield from faults_of(counted.filter(finished_at__isnull=False).exclude(total=F("there")))
    rows = DistributionRow.objects.filter(distribution__finished_at__isnull=False)
    yield from faults_of(rows.filter(outcome=DistributionRow.Outcome.WAITING))


def register() -> None:
    found: tuple[tuple[str, Any, Any], ...] = (
        ("leads.lost_posts", _("Posts that were accepted and have no lead or touch."), _lost_posts),
        ("leads.undecided", _("Posts that are no touch and have touched a lead."), _undecided_with_touch),
        ("leads.touches", _("Touches of another lead than their post."), _strangers_touches),
        ("leads.of_two_posts", _("Leads that two posts have made."), _leads_of_two_posts),
        ("leads.without_post", _("Leads from websites without the post that made them."), _leads_without_post),
        ("leads.states", _("Leads whose state and moments do not go together."), _states),
        ("leads.keys", _("Records that are compared and found by something else than what they hold."), _stale),
        ("leads.costs", _("Campaigns that add up their costs to another sum."), _costs),
        ("leads.members", _("Lists that count other members than they have."), _members),
        ("leads.distributions", _("Distributions that left members out without a word."), _distributions),
    )
    register_check(*(Check(name=name, sentence=sentence, find=find) for name, sentence, find in found))

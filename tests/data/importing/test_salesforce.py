"""An organisation of Salesforce, table by table: what its leads became, and how its deals went from stage to stage."""

from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum
from django.utils import timezone

from activities.links import wrong_links
from activities.models import Activity, TimelineLink
from activities.regarding import Ref
from crm.customers.models import Account, Contact
from crm.data.importing.meanings import NOTHING, USE
from crm.data.models import ExternalId, Import
from leads.models import Lead
from sales.models import Opportunity, Qualification, QualificationResult
from tests.data.importing.published import published
from tests.data.importing.runs import do, mean, rehearse, undo, upload
from tests.factories.cast import Cast

pytestmark = pytest.mark.django_db


def taken(actor: Any, folder: Path, noun: str, file: str) -> Import:
    return upload(actor, folder, published("salesforce_devorg", file).read_bytes(), noun=noun, name=file)


def of_key(model: type[Any], key: str) -> Any:
    return model.objects.get(pk=ExternalId.objects.get(key=key).object_id)


def test_leads_come_in_with_what_became_of_them_and_deals_with_their_stages(cast: Cast, tmp_path: Path) -> None:
    chief = cast.administrator
    assert do(taken(chief, tmp_path, "accounts", "Account.csv"), chief).counts == {"new": 18}
    contacts = taken(chief, tmp_path, "contacts", "Contact.csv")
    found = rehearse(contacts, chief)
    wrong = {"b.levy@expressl&t.net": 1, "j.davis@expressl&t.net": 1}
    assert (found["counts"], found["unknown"]) == ({"new": 23, "failed": 2}, {"email": wrong})
    mean(contacts, chief, email=dict.fromkeys(wrong, NOTHING))
    assert do(contacts, chief).counts == {"new": 25}
    assert do(taken(chief, tmp_path, "opportunities", "Opportunity.csv"), chief).counts == {"new": 36}
    assert Contact.objects.filter(account__isnull=False).count() == 25
    assert Counter(Opportunity.objects.values_list("state", flat=True)) == {"open": 16, "won": 12, "lost": 8}
    won = Opportunity.objects.filter(state="won").aggregate(sum=Sum("actual_revenue"))
    assert won == {"sum": Decimal(2_815_000)}

    leads = taken(chief, tmp_path, "leads", "Lead.csv")
    mean(leads, chief, owner={"005bm00000NCJmQAAX": f"{USE}{cast.rep_a.pk}"})
    leads = do(leads, chief)
    assert leads.counts == {"new": 22}
    assert Counter(Lead.objects.values_list("state", "status_reason")) == {
        ("open", "new"): 2, ("open", "contacted"): 9, ("disqualified", "lost"): 3, ("qualified", "qualified"): 8,
    }  # fmt: skip
    assert (Qualification.objects.count(), QualificationResult.objects.filter(outcome="used").count()) == (5, 15)
    bertha = Lead.objects.get(name="Bertha Boxer")
    kept = bertha.qualifications.get()
    assert timezone.localdate(bertha.closed_at).isoformat() == "2026-02-24"
    assert kept.qualified_at == bertha.closed_at
    assert {result.record for result in kept.results.all()} == {
        of_key(Account, "001bm00001ZM1LyAAL"),
        of_key(Contact, "003bm00000zbyRuAAI"),
        of_key(Opportunity, "006bm00000LKgOnAAL"),
    }

    stages = do(taken(chief, tmp_path, "activities", "OpportunityHistory.csv"), chief)
    assert stages.counts == {"new": 48}
    assert Activity.objects.filter(kind="note", subject="Stage: Closed Won").count() == 19
    deal = of_key(Opportunity, "006bm00000LKgOnAAL")
    links = TimelineLink.objects.filter(target_type_id=Ref.to(deal).type_id, target_id=deal.pk, activity__kind="note")
    told = [
        (timezone.localtime(link.at).strftime("%m/%d/%y %I:%M %p"), link.activity.subject)
        for link in links.order_by("at")
    ]
    assert told == [
        ("02/24/26 02:18 AM", "Stage: Prospecting"),
        ("02/24/26 02:20 AM", "Stage: Closed Won"),
        ("03/07/26 08:59 PM", "Stage: Closed Lost"),
    ]
    assert list(wrong_links()) == []

    undo(stages, chief)
    undo(leads, chief)
    assert (Lead.objects.count(), Qualification.objects.count(), Opportunity.objects.count()) == (0, 0, 36)
    assert not Activity.objects.exclude(kind="close").exists()

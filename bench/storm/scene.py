"""What the storm needs before it begins, and what is looked at once it is over."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from bench.storm.clients import Tally
from crm.core.actors import SYSTEM
from crm.core.history import action
from crm.core.models import Currency, Job, Organisation
from crm.customers.models import Account, Contact
from crm.data.merge.late import follow_merges
from crm.data.models import DuplicateCriterion, DuplicateRule, Import, Merge
from crm.users.models import BusinessUnit, User
from leads.models import CapturedPost, CaptureForm, Lead, Touch
from leads.services.forms import ensure_form
from sales.models import Opportunity, Qualification
from tests.proofs.visitor import Visitor

LOGIN, PASSWORD = "storm", "a storm that ends by itself"
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Stage:
    """The keys of the lead forms: one touches the open lead of the same person, the other makes another one."""

    form_keys: tuple[str, ...]


def prepare() -> Stage:
    """An administrator, two lead forms, and two rules that forbid."""
    at = timezone.now()
    with action("bench.prepared", actor=SYSTEM):
        currency = Currency.objects.get(code="EUR")
        Organisation.objects.update_or_create(pk=1, defaults={"base_currency": currency})
        unit = BusinessUnit.objects.filter(parent=None).first() or BusinessUnit.objects.create(name="Storm")
        person = User(username=LOGIN, name="Stella Storm", business_unit=unit, is_administrator=True)
        person.set_password(PASSWORD)
        person.save()
        for table, kind in (("customers.account", "name"), ("customers.contact", "email")):
            rule = DuplicateRule.objects.create(name=f"One {table}", noun=table, against=table, mode="forbid")
            DuplicateCriterion.objects.create(rule=rule, kind=kind)
    keys = []
    for name, again in (("Touching", CaptureForm.Again.TOUCH), ("Repeating", CaptureForm.Again.LEAD)):
        form = ensure_form(name=name, owner=person, actor=SYSTEM, at=at)
        with action("bench.prepared", actor=SYSTEM):
            CaptureForm.objects.filter(pk=form.pk).update(again=again)
        keys.append(form.key)
    return Stage(tuple(keys))


def sign_in(place: str) -> Visitor:
    visitor = Visitor(place)
    visitor.sign_in(LOGIN, PASSWORD)
    return visitor


def settle() -> None:
    """What workers still do is done, and what came in for merged leads at the last moment has followed them."""
    deadline = time.monotonic() + _PATIENCE
    going = Job.objects.filter(finished_at__isnull=True, state__in=[Job.State.WAITING, Job.State.RUNNING])
    while going.exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    follow_merges(actor=SYSTEM, at=timezone.now())


def lost_posts(tally: Tally) -> Iterator[str]:
    """Every post that was answered is kept."""
    kept = CapturedPost.objects.count()
    if kept < tally.done["capture"]:
        yield f"{tally.done['capture']} posts were answered, and {kept} are kept"


def say_rows() -> None:
    print("\nrows")
    for model in (CapturedPost, Lead, Touch, Account, Contact, Opportunity, Qualification, Merge, Import):
        print(f"    {model._base_manager.count():7,}  {model._meta.verbose_name_plural}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT verdict, count(*) FROM leads_capturedpost GROUP BY 1 ORDER BY 1")
        print("    posts: " + ", ".join(f"{number:,} {verdict}" for verdict, number in cursor.fetchall()))

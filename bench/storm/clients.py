"""Eight people and websites who work on the same leads at the same moment, through HTTP alone.

Whatever is answered is counted by what was asked. An answer that nobody should get is kept as a failure.
"""

import random
import re
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from crm.data.models import Import, Merge
from leads.models import CapturedPost, Lead
from tests.proofs.visitor import Answer, Visitor, form_with

_PEOPLE = 300
"""So few senders, that they come again, and are imported, merged and qualified while they post."""
_COMPANIES = 60
_NEWEST = 40
_ROWS = 25
_BOUNDARY = "storm0boundary"
#: What may be answered beside "done": gone, not in a state for it or changed meanwhile, forbidden by a rule.
_REFUSALS = {404: "gone meanwhile", 409: "changed meanwhile", 422: "refused at a field"}


@dataclass
class Tally:
    """What was done how often, what was refused, and what went wrong."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str, answer: Answer, *, well: int = 302) -> bool:
        with self._lock:
            if answer.status == well:
                self.done[what] += 1
            elif well != 200 and answer.status in _REFUSALS:
                self.refused[f"{what}: {_REFUSALS[answer.status]}"] += 1
            else:
                self.failures.append(f"{what}: {answer.status} {answer.text[:300]}")
        return answer.status == well

    def fail(self, what: str, error: BaseException) -> None:
        with self._lock:
            self.failures.append(f"{what}: {type(error).__name__}: {error}")


@dataclass
class Client:
    """One of the eight, with a connection and a chance of its own."""

    visitor: Visitor
    tally: Tally
    chance: random.Random
    forms: tuple[str, ...]

    def person(self) -> dict[str, str]:
        number = self.chance.randrange(_PEOPLE)
        return {
            "first_name": f"Ada{number % 7}",
            "last_name": f"Storm{number}",
            "email": f"storm{number}@gale.example",
            "company": f"Gale {number % _COMPANIES}",
            "phone": f"+49301{number:06}",
        }

    def capture(self) -> None:
        """Mostly leads and touches; a tenth looks like spam, a few know no form."""
        fields, dice = self.person(), self.chance.random()
        key = self.chance.choice(self.forms)
        if dice < 0.1:
            fields["hp_website"] = "x"
        elif dice < 0.13:
            key = "nothing"
        elif dice < 0.5:
            fields["email"] = f"{uuid.uuid4().hex}@gale.example"
        self.tally.count("capture", self.visitor.post(f"/capture/{key}/", list(fields.items())), well=200)

    def decide(self) -> None:
        """Some of what waits is let in or thrown away."""
        waiting = list(CapturedPost.objects.filter(verdict="spam").order_by("-pk").values_list("pk", flat=True)[:4])
        if not waiting:
            time.sleep(0.2)
            return
        act = self.chance.choice(("release", "release", "bin"))
        page = self.visitor.get("/quarantine/")
        pairs = [*_token(page), ("act", act), *(("pick", str(key)) for key in waiting)]
        self.tally.count(f"quarantine, {act}", self.visitor.post("/quarantine/posts/", pairs))

    def bring(self) -> None:
        """A file goes through the wizard, and every third is taken back at once."""
        lines = ["First Name,Last Name,Email,Company,Phone"]
        lines += [",".join(self.person().values()) for _row in range(_ROWS)]
        run_id = self._uploaded("\n".join(lines))
        if run_id is None:
            return
        columns = form_with(self.visitor.get(f"/imports/{run_id}/columns/"), "column-0")
        if not self.tally.count("import, columns", self.visitor.post(f"/imports/{run_id}/columns/", columns.pairs)):
            return
        form = form_with(self._page_with(run_id, "edition"), "edition")
        if self.tally.count("import", self.visitor.post(f"/imports/{run_id}/run/", form.pairs)):
            self._wait(run_id)
            if self.chance.random() < 0.34:
                page = self.visitor.get(f"/imports/{run_id}/undo/")
                self.tally.count("import taken back", self.visitor.post(f"/imports/{run_id}/undo/", _token(page)))

    def _uploaded(self, text: str) -> int | None:
        page = self.visitor.get("/imports/new/")
        parts = {"noun": "leads", **dict(_token(page))}
        body = "".join(
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in parts.items()
        )
        body += f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="storm.csv"\r\n'
        body += f"Content-Type: text/csv\r\n\r\n{text}\r\n--{_BOUNDARY}--\r\n"
        answer = self.visitor.send("/imports/new/", body.encode(), f"multipart/form-data; boundary={_BOUNDARY}")
        return int(answer.location.split("/")[2]) if self.tally.count("import, upload", answer) else None

    def _page_with(self, run_id: int, name: str) -> Answer:
        """The page of the import, once its rehearsal is over."""
        for _try in range(100):
            page = self.visitor.get(f"/imports/{run_id}/")
            if f'name="{name}"' in page.text:
                return page
            time.sleep(0.1)
        raise TimeoutError(f"import {run_id} is not rehearsed")

    def _wait(self, run_id: int) -> None:
        for _try in range(300):
            if Import.objects.filter(pk=run_id, stage__in=["done", "failed"]).exists():
                return
            time.sleep(0.1)
        raise TimeoutError(f"import {run_id} does not end")

    def merge(self) -> None:
        """Two of the newest open leads become one; every third merge is taken back."""
        keys = self._open_leads()
        if len(keys) < 2:
            time.sleep(0.2)
            return
        first, second = self.chance.sample(keys, 2)
        page = self.visitor.get(f"/leads/merge/?id={first}&id={second}")
        if page.status != 200:
            self.tally.count("merge, page", page)
            return
        answer = self.visitor.post("/leads/merge/", form_with(page, "master").pairs)
        if self.tally.count("merge", answer) and self.chance.random() < 0.34:
            pk = Merge.objects.order_by("-pk").values_list("pk", flat=True).first()
            page = self.visitor.get(f"/merges/{pk}/undo/")
            if page.status == 200:
                self.tally.count("merge taken back", self.visitor.post(f"/merges/{pk}/undo/", _token(page)))

    def qualify(self) -> None:
        """As the page proposes it; some leads are disqualified or opened again instead."""
        keys = self._open_leads()
        if not keys:
            time.sleep(0.2)
            return
        lead, dice = self.chance.choice(keys), self.chance.random()
        act = "qualify" if dice < 0.75 else "disqualify"
        page = self.visitor.get(f"/leads/{lead}/{act}/")
        if page.status != 200:
            # 302: it was merged meanwhile, and its address leads to the one that stays.
            self.tally.count(f"{act}, address of a merged lead", page)
            return
        if act == "qualify":
            pairs = form_with(page, "opportunity-rows").pairs
        else:
            pairs = form_with(page, "status_reason").with_values(status_reason="lost")
        self.tally.count(act, self.visitor.post(f"/leads/{lead}/{act}/", pairs))
        if dice > 0.65:
            page = self.visitor.get(f"/leads/{lead}/reopen/")
            if page.status == 200:
                self.tally.count("reopen", self.visitor.post(f"/leads/{lead}/reopen/", _token(page)))

    def _open_leads(self) -> list[int]:
        rows: Any = Lead.objects.filter(state="open").order_by("-pk").values_list("pk", flat=True)
        return list(rows[:_NEWEST])


def _token(page: Answer) -> list[tuple[str, str]]:
    """What a form of the page without other fields would send."""
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    return [("csrfmiddlewaretoken", found[1])] if found else []


#: What the eight do.
ROLES: tuple[Callable[[Client], None], ...] = (
    Client.capture,
    Client.capture,
    Client.capture,
    Client.decide,
    Client.bring,
    Client.merge,
    Client.qualify,
    Client.qualify,
)


def rage(place: str, *, signed_in: Visitor, forms: tuple[str, ...], seconds: float, seed: int) -> Tally:
    """Let all of them work until the time is over."""
    tally, deadline = Tally(), time.monotonic() + seconds
    threads = []
    for number, role in enumerate(ROLES):
        visitor = Visitor(place) if role is Client.capture else signed_in.twin()
        client = Client(visitor, tally, random.Random(seed * 100 + number), forms)
        threads.append(threading.Thread(target=_work, args=(client, role, deadline)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally


def _work(client: Client, role: Callable[[Client], None], deadline: float) -> None:
    try:
        while time.monotonic() < deadline:
            role(client)
    except Exception as error:
        client.tally.fail(role.__name__, error)
    finally:
        client.visitor.close()
        connection.close()

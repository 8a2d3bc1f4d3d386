"""Who may export what, what the history says of it, and where the files are and how long."""

import datetime as dt
import stat
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.core import history
from crm.core.actors import SYSTEM
from crm.core.models import Job
from crm.core.work import beat, resume_stale_jobs
from crm.core.writing import style
from crm.customers.models import Account
from crm.data import tasks
from crm.data.export.lists import ExportedList, exported_list
from crm.data.models import Export
from crm.data.services import exports
from crm.data.services.exports import forget_old_files
from crm.users.models import RolePrivilege, User
from crm.users.notices import notices_of
from crm.users.services.sharing import share_record
from sales.models import Opportunity
from tests.core.lead_rows import lead_row
from tests.data.exporting import ask, column, content, exported, sheet, stored, table, taken
from tests.factories.cast import Cast
from tests.factories.customers import ContactFactory
from tests.factories.sales import make_account, make_opportunity
from tests.fixtures import ClientFor

ALL = "/leads/?view=all&columns=name&sort=sort_key"


def names(file: bytes) -> list[str]:
    return column(file, "Name")


def told(person: User) -> list[tuple[str, str]]:
    return [(notice.text, notice.url) for notice in notices_of(person, {}).unread]


def test_everybody_takes_along_what_their_list_shows_them(cast: Cast, client_for: ClientFor) -> None:
    for owner in (cast.rep_a, cast.rep_b, cast.rep_c):
        lead_row(owner, owner.name)
    found = {
        person.username: names(taken(client_for(person), ALL))
        for person in (cast.rep_a, cast.manager, cast.administrator)
    }
    assert found == {
        "rep_a": ["Anna North"],
        "manager": ["Anna North", "Ben North"],
        "administrator": ["Anna North", "Ben North", "Cara South"],
    }


def test_the_ticked_rows_and_no_others_are_exported_as_the_list_has_them(cast: Cast, client_for: ClientFor) -> None:
    ann, _bob, cleo = (lead_row(cast.rep_a, name, rating="cold") for name in ("Ann", "Bob", "Cleo"))
    hers = lead_row(cast.rep_c, "Hers")
    client = client_for(cast.rep_a)
    ticked = "&".join(f"pick={key}" for key in (cleo.pk, ann.pk, hers.pk, "x"))
    asked = client.get(f"/leads/bulk/?view=all&columns=name&sort=sort_key&after=x&act=export&{ticked}")
    address = f"/leads/?view=all&columns=name&sort=sort_key&only={cleo.pk}%2C{ann.pk}%2C{hers.pk}"
    assert (asked.status_code, parse_qs(urlsplit(asked["Location"]).query)["list"]) == (302, [address])
    assert "2 rows" in client.get(asked["Location"]).content.decode()
    assert names(taken(client, address)) == ["Ann", "Cleo"]
    assert [row.title for row in Export.objects.all()] == ["All leads, ticked rows"]
    everything = client.get("/leads/bulk/?view=all&q=cleo&act=export&scope=all")["Location"]
    assert parse_qs(urlsplit(everything).query)["list"] == ["/leads/?view=all&q=cleo"]
    assert client.post(f"/leads/bulk/?view=all&act=export&{ticked}").status_code == 404
    assert client_for(cast.read_only).get(f"/leads/bulk/?act=export&{ticked}", follow=True).status_code == 403


def test_without_the_right_there_is_neither_export_nor_menu(cast: Cast, client_for: ClientFor) -> None:
    lead_row(cast.rep_a, "Ada")
    reader = client_for(cast.read_only)
    assert "/exports/new/" not in reader.get("/leads/?view=all").content.decode()
    assert (
        f"/exports/new/?list={quote('/leads/?view=all', safe='')}"
        in client_for(cast.rep_a).get("/leads/?view=all").content.decode()
    )
    for response in (ask(reader, ALL), reader.get(f"/exports/new/?list={quote(ALL)}"), reader.get("/exports/")):
        assert response.status_code == 403
    assert (exported(), stored()) == ([], [])


def test_a_right_that_is_lost_closes_the_files_too(cast: Cast, client_for: ClientFor) -> None:
    lead_row(cast.rep_a, "Ada")
    client = client_for(cast.rep_a)
    place = ask(client, ALL).headers["Location"]
    with history.action("test", actor=SYSTEM):
        RolePrivilege.objects.filter(permission="data.export").exclude(role__name="Administrator").delete()
    assert client.get(place).status_code == 403


def test_a_table_that_one_may_not_read_is_not_exported(cast: Cast, client_for: ClientFor) -> None:
    with history.action("test", actor=SYSTEM):
        RolePrivilege.objects.filter(permission="leads.read_lead", role__name="Salesperson").delete()
    assert ask(client_for(cast.rep_a), ALL).status_code == 403
    assert exported() == []


@pytest.mark.parametrize(
    "address", ["/", "/leads/1/", "/nowhere/", "https://evil.example/leads/1", "//evil.example", "\x00", "/admin/"]
)
def test_what_is_no_list_is_not_there(cast: Cast, client_for: ClientFor, address: str) -> None:
    client = client_for(cast.rep_a)
    assert ask(client, address).status_code in {404, 422}
    assert client.get("/exports/new/", {"list": address}).status_code == 404
    assert exported() == []


def test_a_list_that_is_not_understood_whole_is_refused_as_too_much(cast: Cast, client_for: ClientFor) -> None:
    lead_row(cast.rep_a, "Ada")
    for wrong in ("/leads/?view=gone", "/leads/?view=all&owner=none", "/leads/?view=all&created_at__gte=x&nonsense=1"):
        response = ask(client_for(cast.rep_a), wrong)
        assert response.status_code == 409, wrong
        assert "more than you mean would be exported" in response.content.decode()
    assert (exported(), stored()) == ([], [])


@pytest.mark.parametrize(("field", "value"), [("format", "pdf"), ("columns", "secret"), ("separator", "=")])
def test_what_the_form_does_not_offer_is_refused_at_its_field(
    cast: Cast, client_for: ClientFor, field: str, value: str
) -> None:
    response = ask(client_for(cast.rep_a), ALL, **{field: value})
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    assert exported() == []


def test_names_and_values_of_hidden_records_are_empty(cast: Cast, client_for: ClientFor) -> None:
    secret = make_account(cast.rep_c, "Quillfeather", industry="Secret service", number="Q-1")
    person = ContactFactory.create(owner=cast.rep_a, account=secret, last_name="Mine")
    deal = make_opportunity(cast.rep_a, topic="Pumps")
    Opportunity.objects.filter(pk=deal.pk).update(customer_account=secret)
    client = client_for(cast.rep_a)
    address = "/contacts/?view=all&columns=name,account,account.name,account.industry,account.number,account.owner"
    head, row = table(taken(client, address))
    assert row[1:] == [""] * (len(head) - 1)
    files = [
        taken(client, list_, format, columns=columns)
        for list_ in (address, "/opportunities/?view=all")
        for format in ("csv", "xlsx")
        for columns in ("shown", "all")
    ]
    cells = {cell for file in files for row in (sheet(file) if file[:2] == b"PK" else table(file)) for cell in row}
    assert not {cell for cell in cells if "Quill" in str(cell) or "Secret" in str(cell) or "may not see" in str(cell)}
    share_record(model=Account, record_id=secret.pk, receiver=cast.rep_a, flags=(), actor=cast.rep_c, at=timezone.now())
    assert table(taken(client_for(cast.rep_a), address))[1][1:] == [
        "Quillfeather",
        "Quillfeather",
        "Secret service",
        "Q-1",
        "Cara South",
    ]
    assert person.account_id == secret.pk


def test_an_export_is_in_the_history_with_who_what_and_how_many(cast: Cast, client_for: ClientFor) -> None:
    for name in ("Ada", "Bo"):
        lead_row(cast.rep_a, name)
    taken(client_for(cast.rep_a), ALL, "xlsx")
    export = Export.objects.get()
    assert exported() == [("rep_a", "All leads", 2)]
    assert (export.address, export.columns, export.format) == (ALL.replace(",", "%2C"), "Name", "xlsx")
    event: Any = history.events_of(export).first()
    assert (event.rows, event.pgh_context["action"], event.pgh_context["user"]) == (2, "export.started", cast.rep_a.pk)


def test_a_file_is_for_its_person_alone_and_saved_under_a_plain_name(cast: Cast, client_for: ClientFor) -> None:
    lead_row(cast.rep_a, "Ada")
    place = ask(client_for(cast.rep_a), ALL).headers["Location"]
    response = client_for(cast.rep_a).get(place)
    day = timezone.localdate().isoformat()
    assert response.headers["Content-Disposition"] == f'attachment; filename="all-leads-{day}.csv"'
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in response.headers["Cache-Control"]
    assert content(response)
    for other in (cast.manager, cast.administrator, cast.rep_b):
        assert client_for(other).get(place).status_code == 404
    (path,) = stored()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_goes_after_some_days_and_its_row_stays(cast: Cast, client_for: ClientFor) -> None:
    lead_row(cast.rep_a, "Ada")
    client, now = client_for(cast.rep_a), timezone.now()
    place = ask(client, ALL).headers["Location"]
    assert forget_old_files(actor=SYSTEM, at=now + dt.timedelta(days=6)) == 0
    assert forget_old_files(actor=SYSTEM, at=now + dt.timedelta(days=8)) == 1
    assert stored() == []
    assert client.get(place).status_code == 404
    page = client.get("/exports/").content.decode()
    assert "1 row, file deleted" in page
    assert place not in page


def _many(cast: Cast, monkeypatch: pytest.MonkeyPatch, number: int = 5) -> list[str]:
    """More leads than are exported at once, in batches of two."""
    monkeypatch.setattr(exports, "MOST_AT_ONCE", 3)
    monkeypatch.setattr(exports, "BATCH", 2)
    found = [f"Lead {place}" for place in range(number)]
    for name in found:
        lead_row(cast.rep_a, name)
    return found


def test_a_large_list_is_written_in_the_background_and_told(
    cast: Cast, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted, client = _many(cast, monkeypatch), client_for(cast.rep_a)
    assert ask(client, ALL).headers["Location"] == "/exports/"
    assert "waiting for its turn" in client.get("/exports/").content.decode()
    assert 'hx-trigger="every 2s"' in client.get("/exports/").content.decode()
    job = Job.objects.get()
    assert (job.total, exported()) == (5, [("rep_a", "All leads", None)])
    tasks.write_export.func(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, exported()) == (Job.State.DONE, 5, [("rep_a", "All leads", 5)])
    export = Export.objects.get()
    assert names(content(client.get(f"/exports/{export.pk}/file/"))) == wanted
    assert told(cast.rep_a) == [("Export of All leads: done", "/exports/")]
    event: Any = history.events_of(export).first()
    assert (event.pgh_context["action"], event.pgh_context["user"]) == ("export.made", cast.rep_a.pk)
    page = client.get("/exports/").content.decode()
    assert "5 rows, 1 kB" in page
    assert "every 2s" not in page


def test_a_job_reads_the_list_as_its_person_does(
    cast: Cast, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    _many(cast, monkeypatch)
    User.objects.filter(pk=cast.rep_a.pk).update(week_starts="sunday", number_format="1.234,56")
    ask(client_for(cast.rep_a), ALL)
    styles = list[str]()

    def noted(address: str, actor: User) -> ExportedList:
        styles.append(style())
        return exported_list(address, actor)

    monkeypatch.setattr(exports, "exported_list", noted)
    tasks.write_export.func(Job.objects.get().pk)
    assert styles == ["en|1.234,56|||sunday"]


class Killed(BaseException):
    """A worker that is killed handles no exception and writes nothing any more."""


def test_a_job_whose_worker_was_killed_is_done_by_another_and_leaves_one_whole_file(
    cast: Cast, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted, client, real = _many(cast, monkeypatch), client_for(cast.rep_a), beat
    ask(client, ALL)
    job = Job.objects.get()

    def die(job: Job, done: int, checkpoint: Any) -> None:
        real(job, done, checkpoint)
        if done == 4:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(exports, "beat", die)
        with pytest.raises(Killed):
            tasks.write_export.func(job.pk)
    page = client.get("/exports/").content.decode()
    assert "4 of 5 rows" in page
    assert 'value="80"' in page
    assert resume_stale_jobs(timezone.now() + dt.timedelta(minutes=6)) == 1
    tasks.write_export.func(job.pk)
    export = Export.objects.get()
    assert [path.name for path in stored()] == [export.file]
    assert names(content(client.get(f"/exports/{export.pk}/file/"))) == wanted
    assert told(cast.rep_a) == [("Export of All leads: done", "/exports/")]


def test_a_job_of_one_who_lost_the_right_meanwhile_writes_nothing(
    cast: Cast, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    _many(cast, monkeypatch)
    ask(client_for(cast.rep_a), ALL)
    with history.action("test", actor=SYSTEM):
        RolePrivilege.objects.filter(permission="data.export", role__name="Salesperson").delete()
    with pytest.raises(Exception, match="No role of yours allows to export lists"):
        tasks.write_export.func(Job.objects.get().pk)
    assert stored() == []
    assert told(cast.rep_a) == [("Export of All leads: this did not work", "/exports/")]


def test_one_person_does_not_fill_the_queue(cast: Cast, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch) -> None:
    _many(cast, monkeypatch)
    client = client_for(cast.rep_a)
    assert [ask(client, ALL).status_code for _number in range(6)] == [302] * 5 + [409]
    assert Export.objects.count() == 5


def test_a_file_that_fails_half_way_leaves_nothing(
    cast: Cast, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_row(cast.rep_a, "Ada")
    monkeypatch.setattr("crm.data.export.formats.CsvWriter.write", lambda _self, _cells: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ask(client_for(cast.rep_a), ALL)
    assert (exported(), stored()) == ([], [])


def test_rows_cost_no_queries_of_their_own(cast: Cast, client_for: ClientFor) -> None:
    """One statement for all rows, one for each column that is looked up."""
    client, address = client_for(cast.rep_a), "/leads/?view=all"
    lead_row(cast.rep_a)
    ask(client, address)  # what is kept for all requests, and for all rows, is read once
    counts = []
    for number in (2, 50):
        for _place in range(number):
            lead_row(cast.rep_a)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            ask(client, address)
        counts.append(len(queries))
    assert counts[0] == counts[1]

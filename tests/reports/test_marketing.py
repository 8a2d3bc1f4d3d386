"""Where business comes from: the figures against a sum of our own, the lists behind them, and who counts what."""

import csv
import datetime as dt
import io
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crm.core.actors import SYSTEM
from crm.core.models import Currency, ExchangeRate
from crm.core.query.dates import Days
from crm.reports.marketing.campaigns import campaign_performance
from crm.reports.marketing.figures import Scope
from crm.reports.marketing.leads import leads_per_period
from crm.reports.marketing.sources import source_effectiveness
from crm.reports.periods import label, start, steps
from crm.reports.sheets import Cell, Report
from leads.models import Campaign, Lead
from sales.models import Invoice, Opportunity, Order
from sales.services.invoices import issue_invoice
from sales.services.opportunities import win_opportunity
from sales.services.orders import create_order_from_quote
from sales.services.payments import pay_invoice
from sales.services.quotes import activate_quote, create_quote_from_opportunity
from tests.factories.campaigns import make_campaign, make_cost, make_inactive
from tests.factories.cast import Cast
from tests.factories.leads import make_disqualified_lead, make_lead
from tests.factories.opportunities import qualify
from tests.factories.sales import (
    make_invoice_of_order,
    make_issued_invoice,
    make_opportunity,
    make_order,
    put_lines,
    write_in,
)
from tests.factories.users import UserFactory
from tests.fixtures import ClientFor

pytestmark = pytest.mark.django_db
ALWAYS = Scope(Days(None, None))
HEADS = ("Leads", "Qualified", "Qualified %", "Opportunities", "Won", "Ordered", "Invoiced", "Paid")


def _cells(report: Report, name: str) -> dict[str, Cell]:
    line = next(line for line in report.lines if line.name == name)
    return {str(head.label): cell for head, cell in zip(report.heads, line.cells, strict=True)}


def _values(report: Report, name: str) -> dict[str, Any]:
    return {head: cell.value for head, cell in _cells(report, name).items()}


def _performance(actor: Any, scope: Scope = ALWAYS) -> Report:
    return campaign_performance(scope, actor=actor, now=timezone.localtime())


def _paid_deal(cast: Cast, campaign: Campaign, amount: str, paid: str) -> Invoice:
    """A lead of the campaign, down to an invoice that is paid in part."""
    who: dict[str, Any] = {"actor": SYSTEM, "at": timezone.now()}
    lead = make_lead(cast.rep_a, campaign=campaign, source="trade_show", last_name=f"Buyer {amount}")
    qualify(lead)
    opportunity = Opportunity.objects.get(qualification_results__qualification__lead=lead)
    quote = create_quote_from_opportunity(opportunity_id=opportunity.pk, **who)
    put_lines(quote, write_in(amount))
    activate_quote(quote_id=quote.pk, **who)
    order = create_order_from_quote(quote_id=quote.pk, **who)
    invoice = make_invoice_of_order(order)
    issued = issue_invoice(invoice_id=invoice.pk, **who)
    pay_invoice(invoice_id=issued.pk, amount=Decimal(paid), **who)
    issued.refresh_from_db()
    return issued


def test_campaign_and_source_pass_from_the_lead_to_the_payment(cast: Cast) -> None:
    campaign = make_campaign(cast.rep_a, code="FAIR")
    invoice = _paid_deal(cast, campaign, "1000.00", "400.00")

    chain: tuple[Any, ...] = (invoice, invoice.order, invoice.opportunity)
    for record in chain:
        assert (type(record), record.campaign, record.source) == (type(record), campaign, "trade_show")
    values = _values(_performance(cast.administrator), "Spring fair")
    assert tuple(values[head] for head in HEADS[:5]) == (1, 1, Decimal("100.0"), 1, 1)
    total = invoice.base_total_amount
    assert (values["Ordered"], values["Invoiced"], values["Paid"]) == (total, total, Decimal(400))


def _own_paid(invoice: Invoice) -> Decimal:
    """At the rate of the invoice, half up to the cent."""
    paid: Decimal = invoice.paid_amount / (invoice.exchange_rate or 1)
    return paid.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _own_sums(campaign: Campaign) -> dict[str, Decimal]:
    """The same figures, added up record by record."""
    orders = [one for one in Order.objects.all() if one.campaign_id == campaign.pk and one.state != "canceled"]
    invoices = [one for one in Invoice.objects.all() if one.campaign_id == campaign.pk and one.state != "draft"]
    return {
        "Ordered": sum((one.base_total_amount for one in orders), Decimal(0)),
        "Invoiced": sum((one.base_total_amount for one in invoices), Decimal(0)),
        "Paid": sum(map(_own_paid, invoices), Decimal(0)),
        "Cost": sum((cost.base_amount for cost in campaign.costs.all()), Decimal(0)),
    }


def test_money_agrees_to_the_cent_with_an_independent_sum_in_three_currencies(cast: Cast) -> None:
    fair, mailing = make_campaign(cast.rep_a, "Fair"), make_campaign(cast.rep_a, "Mailing")
    for code, rate in (("USD", "1.0837"), ("JPY", "163.29")):
        currency = Currency.objects.get(code=code)
        ExchangeRate.objects.create(currency=currency, valid_from=dt.date(2020, 1, 1), rate=Decimal(rate))
    amounts = [
        ("EUR", "333.33", "111.11"),
        ("USD", "77.77", "33.33"),
        ("JPY", "12345", "777"),
        ("USD", "19.99", "19.99"),
    ]
    for number, (code, amount, paid) in enumerate(amounts * 2):
        campaign = (fair, mailing)[number % 2] if number < 6 else fair
        columns: dict[str, Any] = {"campaign": campaign, "currency": Currency.objects.get(code=code)}
        make_order(cast.rep_a, [write_in(amount)], **columns)
        invoice = make_issued_invoice(cast.rep_a, [write_in(amount)], **columns)
        pay_invoice(invoice_id=invoice.pk, amount=Decimal(paid), actor=SYSTEM, at=timezone.now())
        make_cost(campaign, paid, currency=code)

    report = _performance(cast.administrator)
    for campaign in (fair, mailing):
        own = _own_sums(campaign)
        values = _values(report, campaign.name)
        assert {head: values[head] for head in own} == own
        assert values["Return"] == own["Paid"] - own["Cost"]
        assert values["Return %"] == ((own["Paid"] - own["Cost"]) * 100 / own["Cost"]).quantize(Decimal("0.1"))
    assert report.total is not None
    totals = {str(head.label): cell.value for head, cell in zip(report.heads, report.total.cells, strict=True)}
    assert totals["Paid"] == _own_sums(fair)["Paid"] + _own_sums(mailing)["Paid"]


def _listed(client: Client, cell: Cell) -> str:
    page = client.get(cell.url, follow=True)
    assert page.status_code == 200, cell.url
    text: str = page.content.decode()
    assert "was ignored" not in text
    return text


def test_each_figure_leads_to_the_list_of_what_it_counts(cast: Cast, client_for: ClientFor) -> None:
    fair, other = make_campaign(cast.rep_a, "Fair"), make_campaign(cast.rep_a, "Fair two")
    for number in range(3):
        make_lead(cast.rep_a, last_name=f"Fairlead {number}", campaign=fair)
    qualify(Lead.objects.get(last_name="Fairlead 0"), opportunities=[])
    make_lead(cast.rep_a, last_name="Elsewhere", campaign=other)
    invoice = make_issued_invoice(cast.rep_a, name="Fair invoice", campaign=fair)
    pay_invoice(invoice_id=invoice.pk, amount=Decimal(20), actor=SYSTEM, at=timezone.now())
    make_issued_invoice(cast.rep_a, name="Unpaid fair invoice", campaign=fair)
    client = client_for(cast.rep_a)

    cells = _cells(_performance(cast.rep_a, Scope(Days(dt.date(2020, 1, 1), dt.date(2100, 1, 1)))), "Fair")
    leads = _listed(client, cells["Leads"])
    assert leads.count('name="pick"') == 3
    assert "Elsewhere" not in leads
    assert _listed(client, cells["Qualified"]).count('name="pick"') == 1
    assert _listed(client, cells["Invoiced"]).count('name="pick"') == 2
    paid = _listed(client, cells["Paid"])
    assert paid.count('name="pick"') == 1
    assert "Unpaid" not in paid


def test_days_owner_and_unit_narrow_every_figure(cast: Cast) -> None:
    campaign = make_campaign(cast.rep_a, "Fair")
    make_lead(cast.rep_a, campaign=campaign, at=dt.datetime(2025, 6, 30, 12, tzinfo=dt.UTC))
    make_lead(cast.rep_a, campaign=campaign, at=dt.datetime(2025, 7, 1, 12, tzinfo=dt.UTC))
    make_lead(cast.rep_c, campaign=campaign, at=dt.datetime(2025, 7, 2, 12, tzinfo=dt.UTC))
    make_cost(campaign, "10", spent_on=dt.date(2025, 6, 30))
    make_cost(campaign, "5", spent_on=dt.date(2025, 7, 1))
    july = Days(dt.date(2025, 7, 1), dt.date(2025, 7, 31))

    def leads(**scope: Any) -> Any:
        return _values(_performance(cast.administrator, Scope(july, **scope)), "Fair")

    assert (leads()["Leads"], leads()["Cost"]) == (2, Decimal(5))
    assert leads(owner_id=cast.rep_a.pk)["Leads"] == 1
    assert leads(unit_id=cast.rep_c.business_unit_id)["Leads"] == 1
    root = cast.rep_c.business_unit.parent_id or cast.rep_c.business_unit_id
    assert leads(unit_id=root)["Leads"] >= 1


def test_a_report_counts_what_its_reader_may_see(cast: Cast) -> None:
    campaign = make_campaign(cast.rep_a, "Fair")
    make_lead(cast.rep_a, campaign=campaign, source="web")
    make_lead(cast.rep_c, campaign=campaign, source="web")
    make_issued_invoice(cast.rep_c, campaign=campaign, source="web")
    now = timezone.localtime()
    for actor, leads, invoiced in ((cast.rep_a, 1, False), (cast.administrator, 2, True)):
        values = _values(_performance(actor), "Fair")
        assert (values["Leads"], bool(values["Invoiced"])) == (leads, invoiced)
        sources = _values(source_effectiveness(ALWAYS, actor=actor, now=now), "Web")
        assert (sources["Leads"], bool(sources["Invoiced"])) == (leads, invoiced)


def test_campaigns_that_are_put_away_and_brought_nothing_are_left_out(cast: Cast) -> None:
    make_inactive(cast.rep_a, "Old")
    make_campaign(cast.rep_a, "New")
    assert [line.name for line in _performance(cast.rep_a).lines] == ["New"]


def test_a_source_is_one_line_in_any_writing(cast: Cast, client_for: ClientFor) -> None:
    for source in ("Messe Köln", "messe koln", "Messe Köln", "web", ""):
        make_lead(cast.rep_a, source=source)
    make_disqualified_lead(cast.rep_a, source="web")
    report = source_effectiveness(ALWAYS, actor=cast.rep_a, now=timezone.localtime())
    client = client_for(cast.rep_a)
    counted = {line.name: line.cells[0] for line in report.lines}
    assert {name: cell.value for name, cell in counted.items()} == {"Messe Köln": 3, "Web": 2, "No source": 1}
    for cell in counted.values():
        assert _listed(client, cell).count('name="pick"') == cell.value


@pytest.mark.parametrize(
    ("by", "wanted"),
    [
        ("source", {"Web": [2, 0, 1], "No source": [0, 1, 0]}),
        ("campaign", {"Fair": [1, 1, 0], "No campaign": [1, 0, 1]}),
        ("industry", {"Food": [2, 1, 0], "No industry": [0, 0, 1]}),
        ("owner", {"A": [1, 1, 0], "B": [1, 0, 1]}),
        ("outcome", {"Open": [2, 1, 0], "Disqualified": [0, 0, 1]}),
    ],
)
def test_leads_per_month_by(by: str, wanted: Mapping[str, list[int]], cast: Cast, client_for: ClientFor) -> None:
    fair = make_campaign(cast.rep_a, "Fair")
    day = dt.datetime(2025, 1, 15, 12, tzinfo=dt.UTC)
    make_lead(cast.rep_a, at=day, source="web", campaign=fair, industry="Food")
    make_lead(cast.rep_b, at=day, source="web", industry="food")
    make_lead(cast.rep_a, at=day.replace(month=2), campaign=fair, industry="Food")
    make_disqualified_lead(cast.rep_b, at=day.replace(month=3), source="web")
    names = {"A": cast.rep_a.name, "B": cast.rep_b.name}
    scope = Scope(Days(dt.date(2025, 1, 10), dt.date(2025, 3, 31)))

    report = leads_per_period(
        scope, by=by, step="month", outcome="", actor=cast.administrator, now=timezone.localtime()
    )

    assert [head.label for head in report.heads][:3] == ["2025-01", "2025-02", "2025-03"]
    found = {line.name: [cell.value for cell in line.cells] for line in report.lines}
    assert found == {names.get(name, name): [*numbers, sum(numbers)] for name, numbers in wanted.items()}
    client = client_for(cast.administrator)
    for line in report.lines:
        cell = next(cell for cell in line.cells if cell.value)
        assert _listed(client, cell).count('name="pick"') == cell.value


def test_months_quarters_and_years_are_cut_to_the_days() -> None:
    days = Days(dt.date(2025, 2, 10), dt.date(2025, 8, 5))
    assert [(one.first, one.last) for one in steps(days, "quarter", 9)] == [
        (dt.date(2025, 2, 10), dt.date(2025, 3, 31)),
        (dt.date(2025, 4, 1), dt.date(2025, 6, 30)),
        (dt.date(2025, 7, 1), dt.date(2025, 8, 5)),
    ]
    assert (start(dt.date(2025, 5, 31), "quarter"), start(dt.date(2025, 5, 31), "year")) == (
        dt.date(2025, 4, 1),
        dt.date(2025, 1, 1),
    )
    assert [label(dt.date(2025, 5, 1), step) for step in ("month", "quarter", "year")] == ["2025-05", "2025 Q2", "2025"]
    assert len(steps(Days(dt.date(1990, 1, 1), dt.date(2200, 1, 1)), "month", 36)) == 36


def _file(client: Client, kind: str) -> bytes:
    answer: Any = client.get(f"/reports/campaign-performance/?file={kind}")
    return b"".join(answer.streaming_content)


def test_a_report_is_a_page_with_a_table_a_chart_and_two_files(cast: Cast, client_for: ClientFor) -> None:
    campaign = make_campaign(cast.rep_a, "=Fair")
    make_order(cast.rep_a, campaign=campaign)
    client = client_for(cast.administrator)

    page = client.get("/reports/campaign-performance/").content.decode()
    assert "=Fair" in page
    assert "data-chart=" in page
    text = _file(client, "csv").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][0] == "Campaign"
    assert rows[1][0] == "'=Fair"
    assert Decimal(rows[1][6]) == Order.objects.get().base_total_amount
    assert _file(client, "xlsx")[:2] == b"PK"
    assert client.get("/reports/campaign-performance/?file=pdf").status_code == 404
    assert client_for(cast.read_only).get("/reports/campaign-performance/?file=csv").status_code == 403


@pytest.mark.parametrize(
    "query",
    ["period=never", "first=soon", "first=2026-05-02&last=2026-05-01", "owner=999999", "unit=x", "by=shoe&step=hour"],
)
def test_what_makes_no_sense_is_left_out_with_a_notice(query: str, cast: Cast, client_for: ClientFor) -> None:
    answer = client_for(cast.rep_a).get(f"/reports/leads/?{query}")
    assert answer.status_code == 200
    assert "was ignored" in answer.content.decode()


def test_who_reads_no_leads_has_no_report_of_them(cast: Cast, client_for: ClientFor) -> None:
    nobody = UserFactory.create(business_unit=cast.rep_a.business_unit)
    client = client_for(nobody)
    assert client.get("/reports/leads/").status_code == 403
    assert "No reports for you yet" in client.get("/reports/").content.decode()


def test_won_counts_by_the_day_of_the_close(cast: Cast) -> None:
    campaign = make_campaign(cast.rep_a, "Fair")
    opportunity = make_opportunity(cast.rep_a, campaign=campaign)
    win_opportunity(
        opportunity_id=opportunity.pk,
        actual_revenue=Decimal(900),
        closed_on=dt.date(2026, 2, 3),
        description="",
        close_quotes=True,
        actor=SYSTEM,
        at=timezone.now(),
    )
    february = Scope(Days(dt.date(2026, 2, 1), dt.date(2026, 2, 28)))
    values = _values(_performance(cast.administrator, february), "Fair")
    assert (values["Opportunities"], values["Won"]) == (0, 1)

"""The values of added fields are part of what an issued document says."""

import pytest
from django.db import IntegrityError, transaction

from sales.models import Invoice, InvoiceLine, Quote, QuoteLine
from tests.factories.cast import Cast
from tests.factories.sales import again, make_active_quote, make_issued_invoice, make_opportunity

pytestmark = pytest.mark.django_db


def test_a_row_begins_without_values_however_it_is_written(cast: Cast) -> None:
    assert again(make_opportunity(cast.rep_a)).custom == {}


def test_the_database_keeps_the_values_of_issued_documents_and_of_their_lines(cast: Cast) -> None:
    quote, invoice = make_active_quote(cast.rep_a), make_issued_invoice(cast.rep_a)
    for model, rows in ((Quote, {"pk": quote.pk}), (Invoice, {"pk": invoice.pk})):
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            model._default_manager.filter(**rows).update(custom={"size": "1"})
    for line_model, document in ((QuoteLine, quote), (InvoiceLine, invoice)):
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            line_model._default_manager.filter(document_id=document.pk).update(custom={"size": "1"})
    assert again(quote).custom == again(invoice).custom == {}

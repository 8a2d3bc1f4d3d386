"""What is there before the first product."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from catalog.foundations import lay_catalogue
from catalog.models import PriceList, TaxRate, Unit, UnitGroup
from catalog.services.taxes import default_tax_rate

pytestmark = pytest.mark.django_db


def test_there_is_a_unit_a_default_price_list_and_a_default_tax_rate() -> None:
    assert list(Unit.objects.values_list("group__name", "name", "base_unit")) == [("Unit", "each", None)]
    standard = PriceList.objects.get(is_default=True)
    assert (standard.name, standard.currency.code, standard.state) == ("Standard prices", "EUR", "active")
    rate = default_tax_rate()
    assert rate is not None
    assert (rate.name, rate.category, rate.rate) == ("Standard 20 %", "S", Decimal(20))
    assert set(TaxRate.objects.values_list("category", flat=True)) == {"S", "Z", "E", "AE", "K", "G", "O"}


def test_laying_them_again_changes_nothing_that_administrators_did() -> None:
    UnitGroup.objects.update(name="Stück")
    TaxRate.objects.filter(category="O").delete()
    lay_catalogue()
    assert list(UnitGroup.objects.values_list("name", flat=True)) == ["Stück"]
    assert not TaxRate.objects.filter(category="O").exists()
    assert PriceList.objects.count() == 1


def test_there_is_at_most_one_default_tax_rate() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TaxRate.objects.filter(category="Z").update(is_default=True)


@pytest.mark.parametrize(("category", "rate"), [("S", 0), ("Z", 5), ("O", 1), ("S", 101), ("X", 0)])
def test_a_rate_fits_its_category(category: str, rate: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TaxRate.objects.create(name="Wrong", category=category, rate=rate)

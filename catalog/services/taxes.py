"""The tax rate that is proposed where nobody chose one."""

from catalog.models import TaxRate


def default_tax_rate() -> TaxRate | None:
    rate: TaxRate | None = TaxRate.objects.filter(is_default=True).first()
    return rate

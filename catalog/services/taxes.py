"""The tax rate that is proposed where nobody chose one."""

from catalog.models import TaxRate


def default_tax_rate() -> TaxRate | None:
    rate: TaxRate | None = TaxRate.objects.filter(is_default=True).first()
    return rate


def make_default(rate: TaxRate) -> None:
    """Move the flag; the caller holds the transaction."""
    TaxRate.objects.filter(is_default=True).exclude(pk=rate.pk).update(is_default=False)

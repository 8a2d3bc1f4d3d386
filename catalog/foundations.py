"""What a catalogue needs before the first product: a unit, tax rates, a price list."""

from django.utils.translation import gettext as _

from catalog.models import PriceList, TaxRate, Unit, UnitGroup
from crm.core.models import Organisation


def lay_catalogue() -> None:
    """Each part only where there is none of its kind, so that what administrators remove stays away."""
    if not UnitGroup.with_bin.exists():
        Unit.objects.create(group=UnitGroup.objects.create(name=_("Unit")), name=_("each"))
    if not TaxRate.with_bin.exists():
        TaxRate.objects.bulk_create(
            TaxRate(name=name, category=category, rate=rate, is_default=is_default)
            for name, category, rate, is_default in (
                (_("Standard 20 %"), "S", 20, True),
                (_("Reduced 7 %"), "S", 7, False),
                (_("Zero rated"), "Z", 0, False),
                (_("Exempt"), "E", 0, False),
                (_("Reverse charge"), "AE", 0, False),
                (_("Intra-community supply"), "K", 0, False),
                (_("Export"), "G", 0, False),
                (_("Outside the scope of tax"), "O", 0, False),
            )
        )
    base = Organisation.load().base_currency
    if base is not None and not PriceList.with_bin.exists():
        standard = PriceList(name=_("Standard prices"), currency=base, is_default=True)
        standard.set_sort_key()
        standard.save()

"""Where customers are: any number of addresses, one default for bills and one for deliveries."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.core.models import Line, tracked
from crm.customers.models.accounts import Account
from crm.customers.models.contacts import Contact


@tracked
class Address(Line):
    """Belongs to exactly one account or contact, and follows its rights."""

    account: Any = models.ForeignKey(
        Account, models.CASCADE, null=True, blank=True, related_name="addresses", verbose_name=_("account")
    )
    contact: Any = models.ForeignKey(
        Contact, models.CASCADE, null=True, blank=True, related_name="addresses", verbose_name=_("contact")
    )
    name = models.CharField(
        _("addressee"), max_length=200, blank=True, default="", help_text=_("If it is not the customer itself.")
    )
    street = models.CharField(_("street"), max_length=250, blank=True, default="")
    city = models.CharField(_("city"), max_length=100, blank=True, default="")
    state_or_province = models.CharField(_("state or province"), max_length=100, blank=True, default="")
    postal_code = models.CharField(_("postal code"), max_length=40, blank=True, default="")
    country = models.CharField(_("country"), max_length=100, blank=True, default="")
    is_default_bill_to = models.BooleanField(_("default for bills"), default=False)
    is_default_ship_to = models.BooleanField(_("default for deliveries"), default=False)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(account__isnull=False, contact__isnull=True)
                | Q(account__isnull=True, contact__isnull=False),
                name="address_of_one_customer",
            ),
            *(
                models.UniqueConstraint(
                    fields=[customer],
                    condition=Q(**{f"is_default_{use}": True}),
                    name=f"one_default_{use}_per_{customer}",
                )
                for customer in ("account", "contact")
                for use in ("bill_to", "ship_to")
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(
            part for part in (self.street, f"{self.postal_code} {self.city}".strip(), self.country) if part
        )

    @property
    def customer(self) -> Any:
        return self.account or self.contact

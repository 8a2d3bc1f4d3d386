"""What accounts and contacts have in common, and the mixin for what refers to either."""

from typing import TYPE_CHECKING, Any

import pgtrigger
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import PriceList
from crm.core.models import Currency
from crm.users.models import Territory

if TYPE_CHECKING:
    from crm.customers.models.accounts import Account
    from crm.customers.models.contacts import Contact


class CommercialTerms(models.Model):
    """How business is done with a customer; what is empty falls back to the organisation."""

    currency = models.ForeignKey(
        Currency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("currency")
    )
    price_list = models.ForeignKey(
        PriceList, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("price list")
    )
    payment_terms_days = models.PositiveSmallIntegerField(_("payment terms in days"), null=True, blank=True)
    credit_limit = models.DecimalField(
        _("credit limit"),
        max_digits=19,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    credit_hold = models.BooleanField(_("on credit hold"), default=False)
    tax_number = models.CharField(_("tax number"), max_length=50, blank=True, default="")
    territory = models.ForeignKey(
        Territory, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("territory")
    )

    class Meta:
        abstract = True


class ContactPreferences(models.Model):
    """How a customer wants to be spoken to, and how not."""

    class ContactMethod(models.TextChoices):
        ANY = "any", _("Any")
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")
        POST = "post", _("Post")
        FAX = "fax", _("Fax")

    do_not_email = models.BooleanField(_("do not e-mail"), default=False)
    do_not_bulk_email = models.BooleanField(_("do not send bulk e-mail"), default=False)
    do_not_phone = models.BooleanField(_("do not phone"), default=False)
    do_not_post = models.BooleanField(_("do not send post"), default=False)
    do_not_fax = models.BooleanField(_("do not fax"), default=False)
    preferred_contact_method = models.CharField(
        _("preferred contact"), max_length=10, choices=ContactMethod.choices, default=ContactMethod.ANY
    )

    class Meta:
        abstract = True


class CustomerModel(models.Model):
    """A record with a customer: an account or a contact, exactly one. `contact` is the person dealt with."""

    customer_account = models.ForeignKey(
        "customers.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("account")
    )
    customer_contact = models.ForeignKey(
        "customers.Contact",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("customer (person)"),
    )
    contact = models.ForeignKey(
        "customers.Contact", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(customer_account__isnull=False, customer_contact__isnull=True)
                | Q(customer_account__isnull=True, customer_contact__isnull=False),
                name="%(app_label)s_%(class)s_one_customer",
            )
        ]

    @property
    def customer(self) -> "Account | Contact":
        found: Any = self.customer_account or self.customer_contact
        return found  # type: ignore[no-any-return]  # one of the two, by constraint

    @customer.setter
    def customer(self, customer: "Account | Contact") -> None:
        found: Any = customer
        is_account = customer._meta.model_name == "account"
        self.customer_account = found if is_account else None
        self.customer_contact = None if is_account else found


def not_above_itself(table: str, column: str) -> pgtrigger.Trigger:
    """A record of `table` never stands above itself along `column`.

    The advisory lock lets one change of the tree through at a time, so that two transactions cannot close
    a circle between them unseen.
    """
    return pgtrigger.Trigger(
        name=f"no_circle_of_{column}",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(f"{column}_id"),
        condition=pgtrigger.Q(**{f"new__{column}__isnull": False}),
        declare=[("found", "BIGINT")],
        func=f"""
            PERFORM pg_advisory_xact_lock(hashtext('{table}.{column}'));
            WITH RECURSIVE above(id) AS (
                SELECT NEW.{column}_id
                UNION SELECT one.{column}_id FROM {table} one JOIN above ON one.id = above.id
                    WHERE one.{column}_id IS NOT NULL
            ) SELECT count(*) INTO found FROM above WHERE id = NEW.id;
            IF found > 0 THEN
                RAISE EXCEPTION '% would stand above itself', TG_TABLE_NAME USING ERRCODE = '23514';
            END IF;
            RETURN NULL;
        """,  # noqa: S608 - table and column are names in our own code
    )

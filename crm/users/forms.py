"""Forms of the first start and of a forgotten password."""

import zoneinfo
from typing import Any

from allauth.account.forms import ResetPasswordForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.core.models import Currency
from crm.users.models import User
from crm.users.services.setup import FirstStart


class SetupForm(forms.Form):
    organisation = forms.CharField(label=_("Organisation"), max_length=200, help_text=_("Its name on documents."))
    base_currency = forms.ModelChoiceField(
        Currency.objects.none(), label=_("Base currency"), to_field_name="code", empty_label=None
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), initial="UTC")
    name = forms.CharField(label=_("Your name"), max_length=150)
    email = forms.EmailField(label=_("Your e-mail"))
    login = forms.CharField(label=_("Login"), max_length=150, validators=[UnicodeUsernameValidator()])
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least eight characters; not a common word, not only digits."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currencies = Currency.objects.filter(is_active=True)
        self.fields["base_currency"].queryset = currencies  # type: ignore[attr-defined]  # declared above
        self.fields["base_currency"].initial = "EUR"
        zones = sorted(zoneinfo.available_timezones())
        self.fields["time_zone"].choices = [(zone, zone) for zone in zones]  # type: ignore[attr-defined]  # declared above

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "password" in values:
            person = User(username=values.get("login", ""), name=values.get("name", ""), email=values.get("email", ""))
            try:
                validate_password(values["password"], person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values

    def first_start(self) -> FirstStart:
        return FirstStart(**self.cleaned_data)


class PasswordResetForm(ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """Writes only to people who are known: an answer to others would advertise the page to strangers."""

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        if self.users:
            return str(super().save(request, **kwargs))
        return str(self.cleaned_data["email"])

"""Forms of the first start, of a forgotten password, of shares, and of what a person is told."""

import zoneinfo
from typing import Any, Self

from allauth.account.forms import ResetPasswordForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.core.forms import TransitionForm
from crm.core.models import Currency
from crm.users.models import MutedKind, NotificationKind, Team, User
from crm.users.services.setup import FirstStart
from crm.users.services.sharing import FLAGS, own_flags
from crm.users.tasks import send_reset_link


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
    """Does the same for everybody: whose address it is, if anybody's, is found out after the answer."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email = str(self.cleaned_data["email"])
        send_reset_link.enqueue(email)
        return email


class ShareForm(TransitionForm):
    """A person or a team, and what they may do beside reading: only what the sharer may do too."""

    user = forms.ModelChoiceField(User.objects.filter(is_active=True), label=_("Person"), required=False)
    team = forms.ModelChoiceField(Team.objects.all(), label=_("Or a team"), required=False)
    may_write = forms.BooleanField(label=_("May change it"), required=False)
    may_delete = forms.BooleanField(label=_("May delete it"), required=False)
    may_assign = forms.BooleanField(label=_("May assign it"), required=False)
    may_share = forms.BooleanField(label=_("May share it"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for flag in set(FLAGS) - own_flags(self.record, self.actor):
            del self.fields[flag]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if bool(values.get("user")) == bool(values.get("team")) and not self.errors:
            self.add_error("user", _("Choose a person or a team."))
        return values


class NotificationForm(forms.Form):
    """The kinds of notifications that a person wants."""

    kinds = forms.MultipleChoiceField(
        label=_("Tell me when"),
        choices=NotificationKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The bell at the top of every page counts what you have not read yet."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kinds: Any = self.fields["kinds"]
        kinds.says_nothing_too = True  # ticking none is an answer like any other

    @classmethod
    def of(cls, person: Any) -> Self:
        """With what this person has chosen so far; all of them in the beginning."""
        muted = set(MutedKind.objects.filter(person=person).values_list("kind", flat=True))
        return cls(initial={"kinds": [kind.value for kind in NotificationKind if kind not in muted]})

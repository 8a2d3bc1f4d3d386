"""People who sign in."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from crm.core.models import WritingModel, tracked
from crm.core.models.organisation import known_time_zone
from crm.users.access import may
from crm.users.models.organisation_units import BusinessUnit, Territory
from crm.users.models.roles import Role
from crm.users.models.trees import refuse_loop
from crm.users.reach import reach_of


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """An active person with a usable password if one is given. The business unit is required."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.email = user.email.lower()
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        unit = fields.pop("business_unit", None) or BusinessUnit.objects.filter(parent__isnull=True).first()
        if unit is None:
            unit = BusinessUnit.objects.create(name="Head office")
        return self.create_user(username, password, is_administrator=True, business_unit=unit, **fields)


@tracked
class User(WritingModel, AbstractBaseUser):
    """`is_administrator` opens the admin site and every right; all other rights come from roles."""

    actor_kind: ClassVar[str] = "user"
    unrecorded: ClassVar[tuple[str, ...]] = ("password", "last_login", "session_seed")

    class Theme(models.TextChoices):
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")
        SYSTEM = "system", _("Like the system")

    class Density(models.TextChoices):
        COMPACT = "compact", _("Compact")
        ROOMY = "roomy", _("Roomy")

    username = models.CharField(
        _("login"),
        max_length=150,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("Somebody already signs in under this name.")},
    )
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail"), blank=True)
    business_unit = models.ForeignKey(
        BusinessUnit, models.PROTECT, related_name="users", verbose_name=_("business unit")
    )
    manager: Any = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="reports", verbose_name=_("manager")
    )
    territory = models.ForeignKey(
        Territory, models.PROTECT, null=True, blank=True, related_name="users", verbose_name=_("territory")
    )
    roles: Any = models.ManyToManyField(
        Role, through="users.UserRole", related_name="users", blank=True, verbose_name=_("roles")
    )
    job_title = models.CharField(_("job title"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[known_time_zone])
    theme = models.CharField(_("theme"), max_length=10, blank=True, default="", choices=Theme.choices)
    density = models.CharField(_("density of lists"), max_length=10, blank=True, default="", choices=Density.choices)
    start_page = models.CharField(_("first page after signing in"), max_length=100, blank=True, default="")
    session_seed = models.CharField(max_length=32, blank=True, default="", editable=False)
    is_active = models.BooleanField(_("active"), default=True, help_text=_("Switch off instead of deleting a person."))
    is_administrator = models.BooleanField(_("administrator"), default=False)
    date_joined = models.DateTimeField(_("since"), db_default=Now(), editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name", "email"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(Lower("username"), name="login_once_in_any_case"),
            models.UniqueConstraint(Lower("email"), condition=~Q(email=""), name="user_email_once_in_any_case"),
            models.CheckConstraint(condition=~Q(manager=F("id")), name="user_is_not_own_manager"),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def clean(self) -> None:
        super().clean()
        # Sign-in looks e-mails up in small letters.
        self.email = self.email.lower()
        refuse_loop(self, "manager")

    # What Django, its admin and unfold ask of a user.
    @property
    def is_staff(self) -> bool:
        return self.is_active and self.is_administrator

    @property
    def is_superuser(self) -> bool:
        return self.is_staff

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions end with the password, and where `session_seed` has changed since they began."""
        from_password = super()._get_session_auth_hash(secret)  # type: ignore[misc]  # Django's own, which the stubs leave out
        return f"{from_password}{self.session_seed}"

    @property
    def base_currency(self) -> str:
        """The code of the organisation's currency, read together with the person's rights."""
        reach = reach_of(self)
        return reach.base_currency if reach else ""

    @property
    def unread_notifications(self) -> int:
        """How many there are, at most a hundred; read together with the person's rights."""
        reach = reach_of(self)
        return reach.unread if reach else 0

    @property
    def role_ids(self) -> tuple[int, ...]:
        reach = reach_of(self)
        return reach.role_ids if reach else ()

    @property
    def custom_version(self) -> Any:
        """Which definitions of added fields are valid, read together with the person's rights."""
        reach = reach_of(self)
        return reach.custom_version if reach else None

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """`app.verb_model`, answered by the roles: is there any depth at all? Rows are a question for querysets."""
        return may(self, perm)

    def has_perms(self, perms: list[str], obj: object = None) -> bool:
        return all(self.has_perm(perm) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


@tracked
class UserRole(models.Model):
    user = models.ForeignKey(User, models.CASCADE, related_name="user_roles")
    role = models.ForeignKey(Role, models.PROTECT, related_name="user_roles")

    class Meta:
        verbose_name = _("role of a user")
        verbose_name_plural = _("roles of users")
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="role_once_per_user")]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"

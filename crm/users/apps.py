from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "crm.users"
    label = "users"
    verbose_name = "Users"

    def ready(self) -> None:
        from crm.core import foundations, idempotency  # noqa: PLC0415 - models exist only now
        from crm.users import rights  # noqa: PLC0415

        idempotency.register(self.get_model("IdempotencyKey"))
        foundations.register(rights.lay_roles, position=900)

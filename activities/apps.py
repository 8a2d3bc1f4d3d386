from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "activities"
    verbose_name = "Activities"

    def ready(self) -> None:
        from activities import customers, permissions  # noqa: PLC0415 - models exist only now

        permissions.declare()
        customers.register()

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "crm.core"
    label = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        from crm.core import foundations  # noqa: PLC0415 - models exist only now

        foundations.register(foundations.lay_kernel, position=0)

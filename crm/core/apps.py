from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "crm.core"
    label = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        from crm.core import checks, foundations, tasks  # noqa: PLC0415 - models exist only now
        from crm.core.screens import history  # noqa: PLC0415

        foundations.register(foundations.lay_kernel, position=0)
        foundations.register(tasks.lay_schedules, position=10)
        history.register()
        checks.register()

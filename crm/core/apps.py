from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "crm.core"
    label = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        from crm.core import checks, doctor, foundations, tasks  # noqa: PLC0415 - models exist only now
        from crm.core.custom import fields as custom_fields  # noqa: PLC0415
        from crm.core.custom import tasks as custom_tasks  # noqa: PLC0415
        from crm.core.screens import history, tagging  # noqa: PLC0415

        foundations.register(foundations.lay_kernel, position=0)
        foundations.register(tasks.lay_schedules, position=10)
        history.register()
        custom_fields.register()
        custom_tasks.register_schedules()
        tagging.register()
        checks.register()
        doctor.register()

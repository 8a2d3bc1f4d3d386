from django.apps import AppConfig


class DataConfig(AppConfig):
    name = "crm.data"
    label = "data"
    verbose_name = "Data"

    def ready(self) -> None:
        from crm.core import foundations  # noqa: PLC0415 - models exist only now
        from crm.core.screens.bulk_bar import register_bar  # noqa: PLC0415
        from crm.data import acts, tasks  # noqa: PLC0415

        register_bar(acts.acts_for)
        foundations.register(tasks.lay_schedules)

from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "sales"
    verbose_name = "Sales"

    def ready(self) -> None:
        from crm.core import foundations  # noqa: PLC0415 - models exist only now
        from sales import deletions, doctor, fields, home, merging, permissions, rollups, tasks  # noqa: PLC0415
        from sales.registrations import connections, documents, opportunities  # noqa: PLC0415

        permissions.declare()
        merging.register()
        deletions.register()
        doctor.register()
        fields.register()
        rollups.register()
        home.register()
        foundations.register(tasks.lay_schedules)
        opportunities.register()
        documents.register()
        connections.register()

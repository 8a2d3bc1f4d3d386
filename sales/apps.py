from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "sales"
    verbose_name = "Sales"

    def ready(self) -> None:
        from sales import deletions, home, permissions, rollups  # noqa: PLC0415 - models exist only now
        from sales.registrations import documents, opportunities  # noqa: PLC0415

        permissions.declare()
        deletions.register()
        rollups.register()
        home.register()
        opportunities.register()
        documents.register()

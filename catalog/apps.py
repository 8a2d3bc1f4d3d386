from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = "Catalog"

    def ready(self) -> None:
        from catalog import deletions, foundations, permissions  # noqa: PLC0415 - models exist only now
        from crm.core.foundations import register  # noqa: PLC0415

        permissions.declare()
        deletions.register()
        register(foundations.lay_catalogue, position=200)

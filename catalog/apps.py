from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = "Catalog"

    def ready(self) -> None:
        from catalog import (  # noqa: PLC0415 - models exist only now
            actions,
            deletions,
            doctor,
            fields,
            foundations,
            panels,
            permissions,
            registrations,
        )
        from crm.core.foundations import register  # noqa: PLC0415 - models exist only now

        permissions.declare()
        deletions.register()
        doctor.register()
        fields.register()
        actions.register_actions()
        panels.register()
        registrations.register()
        register(foundations.lay_catalogue, position=200)

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "crm.customers"
    label = "customers"
    verbose_name = "Customers"

    def ready(self) -> None:
        from crm.customers import (  # noqa: PLC0415 - models exist only now
            actions,
            connections,
            dependencies,
            doctor,
            duplicates,
            fields,
            foundations,
            merging,
            panels,
            permissions,
            registrations,
        )

        permissions.declare()
        dependencies.register()
        doctor.register()
        fields.register()
        duplicates.register()
        merging.register()
        actions.register_actions()
        panels.register()
        connections.register()
        foundations.register()
        registrations.register()

    def warm_up(self) -> None:
        from crm.customers.countries import country_code  # noqa: PLC0415 - as above

        country_code("-")  # reads the names of all countries

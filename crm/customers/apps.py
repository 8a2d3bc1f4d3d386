from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "crm.customers"
    label = "customers"
    verbose_name = "Customers"

    def ready(self) -> None:
        from crm.customers import dependencies, permissions  # noqa: PLC0415 - models exist only now

        permissions.declare()
        dependencies.register()

from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "leads"
    verbose_name = "Leads"

    def ready(self) -> None:
        from activities.services.activities import completed  # noqa: PLC0415 - models exist only now
        from leads import contact, permissions, rollups  # noqa: PLC0415

        permissions.declare()
        rollups.register()
        completed.register(contact.contact_by_activity)

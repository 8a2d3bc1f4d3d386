from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "leads"
    verbose_name = "Leads"

    def ready(self) -> None:
        from activities.moments import register_moments  # noqa: PLC0415
        from activities.services.activities import completed  # noqa: PLC0415 - models exist only now
        from crm.core.search import register_search  # noqa: PLC0415
        from crm.customers.connecting import Connectable, by_name, register_connectable  # noqa: PLC0415
        from crm.customers.connection_panel import register_connections_on  # noqa: PLC0415
        from leads import contact, doctor, fields, home, moments, permissions, registrations, rollups, working  # noqa: PLC0415
        from leads.models import Lead  # noqa: PLC0415
        from leads.search import LEADS  # noqa: PLC0415

        permissions.declare()
        rollups.register()
        fields.register()
        doctor.register()
        home.register()
        working.register()
        completed.register(contact.contact_by_activity)
        register_connectable(Connectable(model=Lead, find=by_name(Lead), position=40))
        register_connections_on(Lead)
        register_moments(Lead, moments.moments_of_lead)
        register_search(LEADS)
        registrations.register()

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UsersConfig(AppConfig):
    name = "crm.users"
    label = "users"
    verbose_name = "Users"

    def ready(self) -> None:
        from crm.core import foundations, idempotency, work  # noqa: PLC0415 - models exist only now
        from crm.core.context import NavEntry, register_nav  # noqa: PLC0415
        from crm.core.custom.roles import register_roles  # noqa: PLC0415
        from crm.core.custom.usage import register_usage  # noqa: PLC0415
        from crm.core.query.people import register_people  # noqa: PLC0415
        from crm.users import actions, doctor, fields, people, rights, saved_views, tasks, why  # noqa: PLC0415
        from crm.users.depth import Depth  # noqa: PLC0415
        from crm.users.field_usage import views_of  # noqa: PLC0415
        from crm.users.services import recents  # noqa: PLC0415
        from crm.users.services.notifications import tell_of_job  # noqa: PLC0415

        register_usage(views_of)
        register_roles(lambda: self.get_model("Role")._default_manager.order_by("name").values_list("pk", "name"))
        idempotency.register(self.get_model("IdempotencyKey"))
        rights.declare_named("core.restore_record", {})
        rights.declare_named("core.manage_tag", {})
        worked = (rights.SALESPERSON, rights.SALES_MANAGER, rights.MARKETING)
        rights.declare_named("core.create_tag", dict.fromkeys(worked, Depth.ALL))
        why.register()
        saved_views.register()
        recents.register()
        fields.register()
        doctor.register()
        register_people(people.Colleagues())
        actions.register_sharing()
        work.ended.register(tell_of_job)
        foundations.register(tasks.lay_schedules)
        foundations.register(rights.lay_roles, position=900)
        register_nav(
            NavEntry(_("Today"), "home", "sun", "today", position=0),
            NavEntry(_("Administration"), "admin:index", "settings", "admin", "users.administer", position=1000),
        )

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActivitiesConfig(AppConfig):
    name = "activities"
    verbose_name = "Activities"

    def ready(self) -> None:
        from activities import customers, deletions, doctor, home, importing, merging, permissions  # noqa: PLC0415 - models exist only now
        from activities.actions import ASSIGN, CANCEL, COMPLETE, PIN, REOPEN, UNPIN  # noqa: PLC0415
        from activities.models import Activity  # noqa: PLC0415
        from activities.panels import ACTIVITY_PANELS  # noqa: PLC0415
        from activities.search import ACTIVITIES  # noqa: PLC0415
        from activities.services.activities import SETTLED, update_activities  # noqa: PLC0415
        from crm.core import actions  # noqa: PLC0415
        from crm.core.context import NavEntry, register_nav  # noqa: PLC0415
        from crm.core.panels import register_panels  # noqa: PLC0415
        from crm.core.search import register_search  # noqa: PLC0415
        from crm.data.many import register_many  # noqa: PLC0415

        permissions.declare()
        importing.register()
        merging.register()
        customers.register()
        home.register()
        deletions.register()
        doctor.register()
        actions.register(COMPLETE, CANCEL, REOPEN, ASSIGN, PIN, UNPIN)
        register_panels(Activity, *ACTIVITY_PANELS)
        register_search(ACTIVITIES)
        register_many(Activity, fields=SETTLED, change=update_activities)
        register_nav(
            NavEntry(
                _("Activities"),
                "activities:activity_list",
                "checkbox",
                "people",
                "activities.read_activity",
                80,
                new_label=_("Task"),
                new_url_name="activities:activity_create",
            )
        )

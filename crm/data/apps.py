from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DataConfig(AppConfig):
    name = "crm.data"
    label = "data"
    verbose_name = "Data"

    def ready(self) -> None:
        from crm.core import foundations  # noqa: PLC0415 - models exist only now
        from crm.core.context import NavEntry, OwnEntry, register_nav, register_own  # noqa: PLC0415
        from crm.core.screens.forwarding import register_forward  # noqa: PLC0415
        from crm.core.screens.lists.bulk_bar import register_bar  # noqa: PLC0415
        from crm.core.screens.lists.entries import ListEntry, register_list_entries  # noqa: PLC0415
        from crm.data import acts, doctor, import_pages, merging, permissions, tasks  # noqa: PLC0415
        from crm.data.duplicates.defaults import lay_rules  # noqa: PLC0415
        from crm.data.importing import people  # noqa: PLC0415
        from crm.data.merge.forwarding import master_of  # noqa: PLC0415
        from crm.data.merge.offer import offer_merge  # noqa: PLC0415

        permissions.declare()
        people.register()
        register_bar(acts.acts_for)
        register_list_entries(
            ListEntry(_("Export"), "data:export", "data.export"),
            ListEntry(_("Import"), "data:import_new", "data.import", applies=import_pages.can_be_imported),
        )
        register_bar(offer_merge)
        register_own(
            OwnEntry(_("My bulk changes"), "data:bulk_runs", "history"),
            OwnEntry(_("My exports"), "data:exports", "download", "data.export"),
            OwnEntry(_("My imports"), "data:imports", "upload", "data.import"),
        )
        foundations.register(tasks.lay_schedules)
        foundations.register(lay_rules)
        merging.register()
        doctor.register()
        register_nav(
            NavEntry(_("Duplicates"), "data:duplicates", "copy", "admin", "data.find_duplicates", position=900)
        )
        register_forward(master_of)

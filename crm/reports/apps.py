from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "crm.reports"
    label = "reports"
    verbose_name = "Reports"

    def ready(self) -> None:
        from crm.core.context import NavEntry, register_nav  # noqa: PLC0415
        from crm.reports import panels  # noqa: PLC0415 - models exist only now

        panels.register()
        register_nav(NavEntry(_("Reports"), "reports:reports", "chart-bar", "marketing", "leads.read_lead", 99))

"""A report as a page and as a file."""

import datetime as dt
from typing import Any, ClassVar

from django.db import models
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views import View

from crm.core.errors import Forbidden
from crm.data.export.answers import table_file
from crm.data.export.formats import CSV, XLSX
from crm.data.services.exports import check_may_export, may_export
from crm.reports.forms import ReportForm
from crm.reports.marketing.figures import may_read
from crm.reports.sheets import Report


class ReportView[F: ReportForm](View):
    """GET gives the page, with `?file=csv` or `xlsx` the table as a file. Hook: `report(form, now)`."""

    title: ClassVar[str | Promise]
    lead: ClassVar[str | Promise]
    #: Whoever does not read this table has no such report.
    model: ClassVar[type[models.Model]]
    form_class: type[F]
    url_name: ClassVar[str]

    def report(self, form: F, now: dt.datetime) -> Report:
        raise NotImplementedError

    def get(self, request: HttpRequest) -> Any:
        if not may_read(self.model, request.user):
            raise Forbidden(
                _("No role of yours allows to see %(nouns)s.") % {"nouns": self.model._meta.verbose_name_plural}
            )
        now = timezone.localtime()
        form = self.form_class(request.GET, today=now.date())
        report = self.report(form, now)
        if kind := request.GET.get("file"):
            return self._file(report, kind)
        return self._page(request, form, report)

    def _page(self, request: HttpRequest, form: F, report: Report) -> HttpResponse:
        query = request.GET.copy()
        query.pop("file", None)
        context = {
            "title": self.title,
            "lead": self.lead,
            "trail": [(_("Reports"), reverse("reports:reports")), (self.title, "")],
            "form": form,
            "report": report,
            "notices": [*form.notices, *report.notices],
            "files": [(kind, f"?{_with_file(query, kind)}") for kind in (CSV, XLSX)] if self._may_export else [],
            "clear_url": request.path,
        }
        return render(request, "reports/report.html", context)

    @property
    def _may_export(self) -> bool:
        return may_export(self.request.user)

    def _file(self, report: Report, kind: str) -> FileResponse:
        check_may_export(self.request.user)
        return table_file(str(self.title), report.file_columns(), report.file_rows(), kind)


def _with_file(query: Any, kind: str) -> str:
    asked = query.copy()
    asked["file"] = kind
    return str(asked.urlencode())

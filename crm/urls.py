"""The composition root of all addresses."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import include, path

handler400 = "crm.core.error_pages.bad_request"
handler403 = "crm.core.error_pages.permission_denied"
handler404 = "crm.core.error_pages.page_not_found"
handler500 = "crm.core.error_pages.server_error"

_APPS = ("crm.core", "crm.users", "catalog", "crm.customers", "activities", "leads", "sales")

urlpatterns = [
    *(path("", include(f"{app}.urls")) for app in _APPS if find_spec(f"{app}.urls")),
    path("admin/", admin.site.urls),
]

"""The composition root of all addresses."""

from django.contrib import admin
from django.urls import include, path

from leads.views.capture import capture

handler400 = "crm.core.error_pages.bad_request"
handler403 = "crm.core.error_pages.permission_denied"
handler404 = "crm.core.error_pages.page_not_found"
handler429 = "crm.core.error_pages.too_many_requests"
handler500 = "crm.core.error_pages.server_error"

urlpatterns = [
    # Asked more often than all others together: it need not go past two hundred of them. Its name is in `leads.urls`.
    path("capture/<str:form_key>/", capture),
    path("", include("crm.core.urls")),
    path("", include("crm.users.urls")),
    path("", include("crm.data.urls")),
    path("", include("catalog.urls")),
    path("", include("crm.customers.urls")),
    path("", include("activities.urls")),
    path("", include("leads.urls")),
    path("", include("sales.urls")),
    path("", include("crm.reports.urls")),
    path("admin/", admin.site.urls),
]

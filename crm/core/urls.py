"""Addresses of the kernel."""

from django.urls import path

from crm.core.screens import SearchView

app_name = "core"

urlpatterns = [
    path("search/", SearchView.as_view(), name="search"),
]

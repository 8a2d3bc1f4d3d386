"""Addresses of opportunities, quotes, orders and invoices."""

from sales.urls import opportunities, qualification

app_name = "sales"
urlpatterns = [*opportunities.urlpatterns, *qualification.urlpatterns]

"""Addresses of opportunities, quotes, orders and invoices."""

from sales.urls import invoices, lines, opportunities, orders, qualification, quotes

app_name = "sales"
urlpatterns = [
    *opportunities.urlpatterns,
    *qualification.urlpatterns,
    *lines.urlpatterns,
    *quotes.urlpatterns,
    *orders.urlpatterns,
    *invoices.urlpatterns,
]

"""Addresses of the catalogue."""

from django.urls import path

from catalog.actions import ACTIVATE_LIST, DEACTIVATE_LIST, PUBLISH, REACTIVATE, RETIRE, REVERT, REVISE
from catalog.views.price_lists import (
    ItemDeleteView,
    ItemEditView,
    PriceListDeleteView,
    PriceListDetailView,
    PriceListEditView,
    PriceListListView,
)
from catalog.views.products import ProductDeleteView, ProductDetailView, ProductEditView, ProductListView
from crm.core.screens import TransitionView

app_name = "catalog"

urlpatterns = [
    path("products/", ProductListView.as_view(), name="product_list"),
    path("products/new/", ProductEditView.as_view(), name="product_create"),
    path("products/<int:pk>/", ProductDetailView.as_view(), name="product_detail"),
    path("products/<int:pk>/edit/", ProductEditView.as_view(), name="product_edit"),
    path("products/<int:pk>/delete/", ProductDeleteView.as_view(), name="product_delete"),
    path("products/<int:pk>/publish/", TransitionView.as_view(action=PUBLISH), name="product_publish"),
    path("products/<int:pk>/revise/", TransitionView.as_view(action=REVISE), name="product_revise"),
    path("products/<int:pk>/revert/", TransitionView.as_view(action=REVERT), name="product_revert"),
    path("products/<int:pk>/retire/", TransitionView.as_view(action=RETIRE), name="product_retire"),
    path("products/<int:pk>/reactivate/", TransitionView.as_view(action=REACTIVATE), name="product_reactivate"),
    path("price-lists/", PriceListListView.as_view(), name="price_list_list"),
    path("price-lists/new/", PriceListEditView.as_view(), name="price_list_create"),
    path("price-lists/<int:pk>/", PriceListDetailView.as_view(), name="price_list_detail"),
    path("price-lists/<int:pk>/edit/", PriceListEditView.as_view(), name="price_list_edit"),
    path("price-lists/<int:pk>/delete/", PriceListDeleteView.as_view(), name="price_list_delete"),
    path("price-lists/<int:pk>/activate/", TransitionView.as_view(action=ACTIVATE_LIST), name="price_list_activate"),
    path(
        "price-lists/<int:pk>/deactivate/",
        TransitionView.as_view(action=DEACTIVATE_LIST),
        name="price_list_deactivate",
    ),
    path("price-lists/<int:pk>/items/new/", ItemEditView.as_view(), name="price_list_item_create"),
    path("price-lists/<int:pk>/items/<int:part_id>/edit/", ItemEditView.as_view(), name="price_list_item_edit"),
    path("price-lists/<int:pk>/items/<int:part_id>/delete/", ItemDeleteView.as_view(), name="price_list_item_delete"),
]

"""Addresses of accounts and contacts."""

from django.urls import path

from crm.core.screens import TransitionView
from crm.customers.actions import (
    ACTIVATE_ACCOUNT,
    ACTIVATE_CONTACT,
    ASSIGN_ACCOUNT,
    ASSIGN_CONTACT,
    DEACTIVATE_ACCOUNT,
    DEACTIVATE_CONTACT,
)
from crm.customers.views.accounts import AccountDeleteView, AccountDetailView, AccountEditView, AccountListView
from crm.customers.views.addresses import (
    AccountAddressDeleteView,
    AccountAddressEditView,
    ContactAddressDeleteView,
    ContactAddressEditView,
)
from crm.customers.views.connections import ConnectionCandidatesView, ConnectionDeleteView, ConnectionEditView
from crm.customers.views.contacts import ContactDeleteView, ContactDetailView, ContactEditView, ContactListView

app_name = "customers"

urlpatterns = [
    path("accounts/", AccountListView.as_view(), name="account_list"),
    path("accounts/new/", AccountEditView.as_view(), name="account_create"),
    path("accounts/<int:pk>/", AccountDetailView.as_view(), name="account_detail"),
    path("accounts/<int:pk>/edit/", AccountEditView.as_view(), name="account_edit"),
    path("accounts/<int:pk>/delete/", AccountDeleteView.as_view(), name="account_delete"),
    path("accounts/<int:pk>/activate/", TransitionView.as_view(action=ACTIVATE_ACCOUNT), name="account_activate"),
    path("accounts/<int:pk>/deactivate/", TransitionView.as_view(action=DEACTIVATE_ACCOUNT), name="account_deactivate"),
    path("accounts/<int:pk>/assign/", TransitionView.as_view(action=ASSIGN_ACCOUNT), name="account_assign"),
    path("accounts/<int:pk>/addresses/new/", AccountAddressEditView.as_view(), name="account_address_create"),
    path(
        "accounts/<int:pk>/addresses/<int:part_id>/edit/",
        AccountAddressEditView.as_view(),
        name="account_address_edit",
    ),
    path(
        "accounts/<int:pk>/addresses/<int:part_id>/delete/",
        AccountAddressDeleteView.as_view(),
        name="account_address_delete",
    ),
    path("contacts/", ContactListView.as_view(), name="contact_list"),
    path("contacts/new/", ContactEditView.as_view(), name="contact_create"),
    path("contacts/<int:pk>/", ContactDetailView.as_view(), name="contact_detail"),
    path("contacts/<int:pk>/edit/", ContactEditView.as_view(), name="contact_edit"),
    path("contacts/<int:pk>/delete/", ContactDeleteView.as_view(), name="contact_delete"),
    path("contacts/<int:pk>/activate/", TransitionView.as_view(action=ACTIVATE_CONTACT), name="contact_activate"),
    path("contacts/<int:pk>/deactivate/", TransitionView.as_view(action=DEACTIVATE_CONTACT), name="contact_deactivate"),
    path("contacts/<int:pk>/assign/", TransitionView.as_view(action=ASSIGN_CONTACT), name="contact_assign"),
    path("contacts/<int:pk>/addresses/new/", ContactAddressEditView.as_view(), name="contact_address_create"),
    path(
        "contacts/<int:pk>/addresses/<int:part_id>/edit/",
        ContactAddressEditView.as_view(),
        name="contact_address_edit",
    ),
    path(
        "contacts/<int:pk>/addresses/<int:part_id>/delete/",
        ContactAddressDeleteView.as_view(),
        name="contact_address_delete",
    ),
    path("<slug:noun>/<int:pk>/connections/new/", ConnectionEditView.as_view(), name="connection_create"),
    path(
        "<slug:noun>/<int:pk>/connections/candidates/",
        ConnectionCandidatesView.as_view(),
        name="connection_candidates",
    ),
    path("<slug:noun>/<int:pk>/connections/<int:part_id>/edit/", ConnectionEditView.as_view(), name="connection_edit"),
    path(
        "<slug:noun>/<int:pk>/connections/<int:part_id>/delete/",
        ConnectionDeleteView.as_view(),
        name="connection_delete",
    ),
]

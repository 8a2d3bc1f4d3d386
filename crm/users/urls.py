"""The first page, sign-in, the person's own account, and the sharing of records. There is no sign-up page."""

from allauth.account import views as account
from django.urls import include, path, re_path

from crm.users.forms import PasswordResetForm
from crm.users.views.home import HomeView, healthz
from crm.users.views.notifications import (
    NotificationListView,
    NotificationPanelView,
    NotificationReadAllView,
    NotificationReadView,
    NotificationSettingsView,
)
from crm.users.views.saved_views import FirstView, PinView, SavedViewDeleteView, SavedViewEditView, UnpinView
from crm.users.views.settings import EndSessionsView, SettingsView, ThemeView
from crm.users.views.setup import SetupView
from crm.users.views.sharing import ShareView, StopSharingView

# The names are those under which allauth looks its own pages up.
_account = [
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path(
        "password/reset/",
        account.PasswordResetView.as_view(form_class=PasswordResetForm),
        name="account_reset_password",
    ),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("2fa/", include("allauth.mfa.urls")),
]

urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("healthz", healthz, name="healthz"),
    path("setup/<str:token>/", SetupView.as_view(), name="setup"),
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("account/", include(_account)),
    path("settings/", SettingsView.as_view(), name="settings"),
    path("settings/theme/", ThemeView.as_view(), name="settings_theme"),
    path("settings/sign-out/", EndSessionsView.as_view(), name="settings_sign_out"),
    path("notifications/", NotificationListView.as_view(), name="notifications"),
    path("notifications/newest/", NotificationPanelView.as_view(), name="notification_panel"),
    path("notifications/read/", NotificationReadAllView.as_view(), name="notification_read_all"),
    path("notifications/settings/", NotificationSettingsView.as_view(), name="notification_settings"),
    path("notifications/<int:pk>/read/", NotificationReadView.as_view(), name="notification_read"),
    path("views/new/", SavedViewEditView.as_view(), name="view_create"),
    path("views/<int:pk>/edit/", SavedViewEditView.as_view(), name="view_edit"),
    path("views/<int:pk>/delete/", SavedViewDeleteView.as_view(), name="view_delete"),
    path("views/<int:pk>/pin/", PinView.as_view(), name="view_pin"),
    path("views/<int:pk>/unpin/", UnpinView.as_view(), name="view_unpin"),
    path("views/<str:noun>/<slug:key>/first/", FirstView.as_view(), name="view_first"),
    path("<slug:noun>/<int:pk>/share/", ShareView.as_view(), name="record_share"),
    path("<slug:noun>/<int:pk>/share/<int:share_id>/stop/", StopSharingView.as_view(), name="record_stop_sharing"),
]

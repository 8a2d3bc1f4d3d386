from django.urls import path

from activities.actions import ASSIGN, CANCEL, COMPLETE, PIN, REOPEN, UNPIN
from activities.views.activities import ActivityDeleteView, ActivityDetailView, ActivityEditView, ActivityListView
from activities.views.files import AttachmentView
from crm.core.screens import TransitionView

app_name = "activities"
urlpatterns = [
    path("activities/", ActivityListView.as_view(), name="activity_list"),
    path("activities/new/", ActivityEditView.as_view(), name="activity_create"),
    path("activities/<int:pk>/", ActivityDetailView.as_view(), name="activity_detail"),
    path("activities/<int:pk>/edit/", ActivityEditView.as_view(), name="activity_edit"),
    path("activities/<int:pk>/delete/", ActivityDeleteView.as_view(), name="activity_delete"),
    path("activities/<int:pk>/complete/", TransitionView.as_view(action=COMPLETE), name="activity_complete"),
    path("activities/<int:pk>/cancel/", TransitionView.as_view(action=CANCEL), name="activity_cancel"),
    path("activities/<int:pk>/reopen/", TransitionView.as_view(action=REOPEN), name="activity_reopen"),
    path("activities/<int:pk>/pin/", TransitionView.as_view(action=PIN), name="activity_pin"),
    path("activities/<int:pk>/unpin/", TransitionView.as_view(action=UNPIN), name="activity_unpin"),
    path("activities/<int:pk>/assign/", TransitionView.as_view(action=ASSIGN), name="activity_assign"),
    path("activities/<int:pk>/files/<int:attachment_id>/", AttachmentView.as_view(), name="activity_file"),
]

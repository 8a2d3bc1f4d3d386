from django.urls import path

from leads.views.capture import capture

app_name = "leads"
urlpatterns = [
    path("capture/", capture, name="capture_open"),
    path("capture/<str:form_key>/", capture, name="capture"),
    # Without the slash at the end a post would be redirected, and lost; odd keys get the answer of any unknown one.
    path("capture/<path:form_key>", capture),
    path("servlet/servlet.WebToLead", capture, name="web_to_lead"),
    path("servlet/servlet.WebToLead/", capture),
]

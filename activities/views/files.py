"""Files of activities, through the rights of their activity."""

from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext as _
from django.views import View

from activities.models import Activity, Attachment
from crm.core.access import READ, find_for
from crm.core.errors import NotFound

# What a browser may be told about a file that it only saves; everything else is a row of bytes.
_HARMLESS = frozenset(
    {"application/pdf", "image/gif", "image/jpeg", "image/png", "image/webp", "text/csv", "text/plain"}
)


class AttachmentView(View):
    """The file as an attachment: it is saved, never shown by us."""

    def get(self, request: HttpRequest, pk: int, attachment_id: int) -> FileResponse:
        activity = find_for(Activity, pk, request.user, READ)
        attachment = activity.attachments.filter(pk=attachment_id).first()
        if attachment is None:
            raise NotFound(_("There is no such file, or you may not see it."))
        return _sent(attachment)


def _sent(attachment: Attachment) -> FileResponse:
    try:
        content = attachment.file.open("rb")
    except OSError as gone:
        raise NotFound(_("The file is not in its place any more. Ask an administrator for the backup.")) from gone
    media = attachment.media_type if attachment.media_type in _HARMLESS else "application/octet-stream"
    response = FileResponse(content, as_attachment=True, filename=attachment.name, content_type=media)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response

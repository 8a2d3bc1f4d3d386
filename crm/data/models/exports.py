"""A list that somebody took along as a file. The row stays when the file is gone: it says who took what."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.core.models import Job, tracked
from crm.users.models import User


@tracked
class Export(models.Model):
    """`address` is that of the list; a file lies under `file` in the folder of exports as long as that has a name.

    `cut` counts the texts that did not fit into a cell. Times and words of the file are those of its person.
    """

    person = models.ForeignKey(User, models.CASCADE, related_name="exports", verbose_name=_("person"), db_index=False)
    title = models.CharField(_("list"), max_length=200)
    address = models.TextField(_("address"))
    format = models.CharField(_("format"), max_length=10)
    separator = models.CharField(_("separator"), max_length=10)
    all_fields = models.BooleanField(_("all fields"), default=False)
    language = models.CharField(_("language"), max_length=20)
    columns = models.TextField(_("columns"), blank=True)
    rows = models.PositiveIntegerField(_("rows"), null=True)
    cut = models.PositiveIntegerField(_("cut texts"), default=0)
    size = models.PositiveBigIntegerField(_("size"), null=True)
    file = models.CharField(_("file"), max_length=100, blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(_("begun"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    deleted_on = models.DateField(_("file deleted on"), null=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes = [
            models.Index(fields=["person", "-id"], name="export_of_person"),
            models.Index(fields=["created_at"], name="export_with_file", condition=~Q(file="")),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.format})"

"""A file that somebody brings in: how it is read and understood, what became of each row, and whose keys it knew."""

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.core.models import Job, tracked
from crm.users.models import User


@tracked
class Import(models.Model):
    """`file` lies in the folder of imports as UTF-8 or whatever `reading` says; it is forgotten after 30 days.

    `reading` holds encoding, delimiter and the line of the heads. `mapping` gives for each column of the file the name
    of a field, or "". `style` is how dates and numbers are written. `values` says for each field what a text of the
    file means: `{"owner": {"jdoe": "12", "": "12"}}`. `edition` rises with every change of these, so that nobody runs
    what they have not seen. `found` is what the rehearsal says, `counts` the run: numbers by outcome.
    """

    class Stage(models.TextChoices):
        DRAFT = "draft", _("Being prepared")
        REHEARSING = "rehearsing", _("Being rehearsed")
        REHEARSED = "rehearsed", _("Rehearsed")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        UNDOING = "undoing", _("Being taken back")
        UNDONE = "undone", _("Taken back")
        FAILED = "failed", _("Stopped")

    class Duplicates(models.TextChoices):
        SKIP = "skip", _("Leave them out")
        CREATE = "create", _("Create them all the same")

    person = models.ForeignKey(User, models.PROTECT, related_name="imports", verbose_name=_("person"), db_index=False)
    noun = models.SlugField(_("records"), max_length=40)
    title = models.CharField(_("file"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10)
    file = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    reading = models.JSONField(_("read as"), default=dict)
    header = models.JSONField(_("heads"), default=list)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    mapping = models.JSONField(_("columns"), default=list)
    style = models.JSONField(_("dates and numbers"), default=dict)
    values = models.JSONField(_("values"), default=dict)
    update_by = models.CharField(_("update by"), max_length=60, blank=True)
    duplicates = models.CharField(_("duplicates"), max_length=10, choices=Duplicates.choices, default=Duplicates.SKIP)
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("owner of the rows"), db_index=False
    )
    edition = models.PositiveIntegerField(default=1)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage.choices, default=Stage.DRAFT)
    found = models.JSONField(_("rehearsal"), default=dict)
    counts = models.JSONField(_("result"), default=dict)
    error = models.TextField(_("why it stopped"), blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", verbose_name=_("job"), db_index=False)
    created_at = models.DateTimeField(_("uploaded"))
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["person", "-id"], name="import_of_person")]

    def __str__(self) -> str:
        return self.title


class ImportRow(models.Model):
    """What became of one row, or what the rehearsal says would.

    `content_type` and `object_id` name the record, `record_version` its version afterwards, `before` the values that an
    update replaced. Something that a row has made beside its record, such as a close record, is an extra row.
    `fingerprint` tells the row again when the same file, or a corrected one, comes once more.
    """

    class Outcome(models.TextChoices):
        NEW = "new", _("New")
        UPDATED = "updated", _("Updated")
        SAME = "same", _("Unchanged")
        DUPLICATE = "duplicate", _("Duplicate")
        REPEATED = "repeated", _("Imported before")
        FAILED = "failed", _("Failed")
        UNDONE = "undone", _("Taken back")
        KEPT = "kept", _("Changed since, kept")

    untracked_because = "notes about an import; the records keep their own history"

    run = models.ForeignKey(Import, models.CASCADE, related_name="lines", db_index=False, db_column="import_id")
    is_rehearsal = models.BooleanField(default=False)
    is_extra = models.BooleanField(default=False)
    line = models.PositiveIntegerField(_("line"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    reason = models.TextField(_("reason"), blank=True, default="")
    content_type = models.ForeignKey(ContentType, models.CASCADE, null=True, related_name="+", db_index=False)
    object_id = models.BigIntegerField(_("record"), null=True)
    record_version = models.PositiveIntegerField(null=True)
    before = models.JSONField(null=True)
    fingerprint = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        constraints = [
            models.UniqueConstraint(
                fields=["run", "is_rehearsal", "line"], condition=Q(is_extra=False), name="import_row_once"
            )
        ]
        indexes = [
            models.Index(fields=["run", "is_rehearsal", "outcome", "line"], name="import_row_outcome"),
            models.Index(
                fields=["fingerprint"], name="import_row_seen", condition=Q(is_rehearsal=False, outcome="new")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.outcome}"


class ExternalId(models.Model):
    """The key that a record has in the system it came from, by which later files find it."""

    untracked_because = "keys of other systems; whoever imports them is in the history of the record"

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(_("key"), max_length=100)
    object_id = models.BigIntegerField(_("record"))

    class Meta:
        verbose_name = _("key of another system")
        verbose_name_plural = _("keys of other systems")
        constraints = [models.UniqueConstraint(fields=["content_type", "key"], name="external_id_once")]
        indexes = [models.Index(fields=["content_type", "object_id"], name="external_id_of_record")]

    def __str__(self) -> str:
        return self.key


class LearntColumn(models.Model):
    """What people meant by a head of a file: the field they chose for it, or "" where they left it out."""

    untracked_because = "a habit, not a record"

    noun = models.SlugField(_("records"), max_length=40)
    head = models.CharField(_("head"), max_length=120)
    field = models.CharField(_("field"), max_length=80, blank=True)
    at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("learnt column")
        verbose_name_plural = _("learnt columns")
        constraints = [models.UniqueConstraint(fields=["noun", "head"], name="learnt_column_once")]

    def __str__(self) -> str:
        return f"{self.head}: {self.field}"

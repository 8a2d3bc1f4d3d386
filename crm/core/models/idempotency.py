"""Keys of submitted forms, so that a form sent twice takes effect once. Concrete in `crm.users`."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class AbstractIdempotencyKey(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    request_hash = models.CharField(max_length=64)
    result_url = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="%(app_label)s_one_result_per_key")]

import crm.core.schema
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("users", "0004_saved_views"),
    ]

    operations = [
        crm.core.schema.OneStep(
            operations=[
                migrations.CreateModel(
                    name="Recent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("object_id", models.BigIntegerField()),
                        (
                            "opened_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now(), verbose_name="opened"
                            ),
                        ),
                        (
                            "content_type",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="contenttypes.contenttype",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "opened record",
                        "verbose_name_plural": "opened records",
                        "indexes": [models.Index(fields=["person", "-opened_at"], name="recent_newest")],
                        "constraints": [
                            models.UniqueConstraint(fields=("person", "content_type", "object_id"), name="recent_once")
                        ],
                    },
                ),
                # Written with each page that is opened: without the log, no page waits for a disk.
                migrations.RunSQL("ALTER TABLE users_recent SET UNLOGGED", migrations.RunSQL.noop),
            ],
        ),
    ]

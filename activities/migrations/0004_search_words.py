import crm.core.words
import crm.core.schema
import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_words"),
        ("activities", "0003_custom"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("users", "0002_notifications"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        crm.core.schema.OneStep(
            operations=[
                migrations.AddIndex(
                    model_name="activity",
                    index=django.contrib.postgres.indexes.GinIndex(
                        crm.core.words.SearchWords(names=(crm.core.words.Folded("subject"),)), name="activity_search"
                    ),
                ),
                # A new index on expressions is used well only once the planner has counted them.
                migrations.RunSQL("ANALYZE activities_activity", migrations.RunSQL.noop),
            ],
        ),
    ]

import crm.core.words
import crm.core.schema
import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_words"),
        ("customers", "0004_search_words"),
        ("leads", "0003_custom"),
        ("users", "0002_notifications"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        crm.core.schema.OneStep(
            operations=[
                migrations.RemoveIndex(
                    model_name="lead",
                    name="lead_words",
                ),
                migrations.AddIndex(
                    model_name="lead",
                    index=django.contrib.postgres.indexes.GinIndex(
                        crm.core.words.SearchWords(
                            emails=("email_key",),
                            names=("sort_key", "company_key"),
                            numbers=("number",),
                            phones=("phone_e164", "mobile_e164"),
                        ),
                        name="lead_search",
                    ),
                ),
                # A new index on expressions is used well only once the planner has counted them.
                migrations.RunSQL("ANALYZE leads_lead", migrations.RunSQL.noop),
            ],
        ),
    ]

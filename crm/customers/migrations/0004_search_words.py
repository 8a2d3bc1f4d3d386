import crm.core.words
import crm.core.schema
import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0003_search_words"),
        ("core", "0005_words"),
        ("customers", "0003_custom"),
        ("users", "0002_notifications"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        crm.core.schema.OneStep(
            operations=[
                migrations.RemoveIndex(
                    model_name="account",
                    name="account_words",
                ),
                migrations.RemoveIndex(
                    model_name="contact",
                    name="contact_words",
                ),
                migrations.AddIndex(
                    model_name="account",
                    index=django.contrib.postgres.indexes.GinIndex(
                        crm.core.words.SearchWords(
                            emails=("email_key",),
                            names=("sort_key",),
                            numbers=("number",),
                            phones=("phone_e164", "phone2_e164"),
                        ),
                        name="account_search",
                    ),
                ),
                migrations.AddIndex(
                    model_name="contact",
                    index=django.contrib.postgres.indexes.GinIndex(
                        crm.core.words.SearchWords(
                            emails=("email_key", "email2_key"), names=("sort_key",), phones=("phone_e164", "mobile_e164")
                        ),
                        name="contact_search",
                    ),
                ),
                # A new index on expressions is used well only once the planner has counted them.
                migrations.RunSQL("ANALYZE customers_account, customers_contact", migrations.RunSQL.noop),
            ],
        ),
    ]

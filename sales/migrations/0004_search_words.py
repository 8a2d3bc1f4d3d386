import crm.core.words
import crm.core.schema
import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0003_search_words"),
        ("core", "0005_words"),
        ("customers", "0004_search_words"),
        ("sales", "0003_custom"),
        ("users", "0002_notifications"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        crm.core.schema.OneStep(
            operations=[
                migrations.RemoveIndex(
                    model_name="opportunity",
                    name="opportunity_words",
                ),
                migrations.AddIndex(
                    model_name="invoice",
                    index=django.contrib.postgres.indexes.GinIndex(
                        crm.core.words.SearchWords(
                            names=(
                                "sort_key",
                                crm.core.words.Folded("buyer_name"),
                                crm.core.words.Folded("customer_reference"),
                            ),
                            numbers=("number",),
                        ),
                        name="invoice_search",
                    ),
                ),
                migrations.AddIndex(
                    model_name="opportunity",
                    index=django.contrib.postgres.indexes.GinIndex(
                        crm.core.words.SearchWords(names=("sort_key",)), name="opportunity_search"
                    ),
                ),
                migrations.AddIndex(
                    model_name="order",
                    index=django.contrib.postgres.indexes.GinIndex(
                        crm.core.words.SearchWords(
                            names=(
                                "sort_key",
                                crm.core.words.Folded("buyer_name"),
                                crm.core.words.Folded("customer_reference"),
                            ),
                            numbers=("number",),
                        ),
                        name="order_search",
                    ),
                ),
                migrations.AddIndex(
                    model_name="quote",
                    index=django.contrib.postgres.indexes.GinIndex(
                        crm.core.words.SearchWords(
                            names=(
                                "sort_key",
                                crm.core.words.Folded("buyer_name"),
                                crm.core.words.Folded("customer_reference"),
                            ),
                            numbers=("number",),
                        ),
                        name="quote_search",
                    ),
                ),
                # A new index on expressions is used well only once the planner has counted them.
                migrations.RunSQL("ANALYZE sales_opportunity, sales_quote, sales_order, sales_invoice", migrations.RunSQL.noop),
            ],
        ),
    ]

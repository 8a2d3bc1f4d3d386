import crm.core.words
import crm.core.schema
import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0002_custom"),
        ("core", "0005_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        crm.core.schema.OneStep(
            operations=[
                migrations.AddIndex(
                    model_name="pricelist",
                    index=django.contrib.postgres.indexes.GinIndex(
                        crm.core.words.SearchWords(names=("sort_key",)), name="pricelist_search"
                    ),
                ),
                migrations.AddIndex(
                    model_name="product",
                    index=django.contrib.postgres.indexes.GinIndex(
                        crm.core.words.SearchWords(names=("sort_key", crm.core.words.Folded("number")), numbers=("number",)),
                        name="product_search",
                    ),
                ),
                # A new index on expressions is used well only once the planner has counted them.
                migrations.RunSQL("ANALYZE catalog_product, catalog_pricelist", migrations.RunSQL.noop),
            ],
        ),
    ]

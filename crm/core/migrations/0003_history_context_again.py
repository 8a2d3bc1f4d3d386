"""A later migration of pghistory puts its stock function back."""

from django.db import migrations

from crm.core.schema import NO_SHARED_CONTEXT


class Migration(migrations.Migration):
    dependencies = [("core", "0002_history_context"), ("pghistory", "0007_auto_20250421_0444")]

    operations = [migrations.RunSQL(NO_SHARED_CONTEXT, migrations.RunSQL.noop)]

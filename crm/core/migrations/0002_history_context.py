"""History events may be written from the first table on, by other packages' migrations too."""

from django.db import migrations

from crm.core.schema import NO_SHARED_CONTEXT


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial"), ("pghistory", "0004_auto_20220906_1625")]
    run_before = [("users", "0001_initial")]

    operations = [migrations.RunSQL(NO_SHARED_CONTEXT, migrations.RunSQL.noop)]

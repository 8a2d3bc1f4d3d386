"""Indexes of added fields that were made before there were statistics beside them get theirs."""

from django.db import migrations

# Expressions as in crm.core.custom.expressions at the time of this migration.
MAKE = """
DO $make$
DECLARE
    field record;
    compared text;
BEGIN
    FOR field IN
        SELECT id, key, kind, replace(noun, '.', '_') AS place FROM core_customfield
        WHERE index_state = 'ready' AND kind <> 'choices' ORDER BY id
    LOOP
        IF EXISTS (SELECT FROM pg_statistic_ext
                   WHERE stxname = 'custom_values_' || field.id AND stxnamespace = current_schema()::regnamespace) THEN
            CONTINUE;
        END IF;
        compared := format('custom ->> %L', field.key);
        IF field.kind IN ('whole', 'decimal', 'money') THEN
            compared := format('(%s)::numeric', compared);
        ELSIF field.kind IN ('person', 'record') THEN
            compared := format('(%s)::bigint', compared);
        ELSIF field.kind = 'text' THEN
            compared := format('core_fold(%s)', compared);
        END IF;
        EXECUTE format('CREATE STATISTICS %I ON (%s) FROM %I', 'custom_values_' || field.id, compared, field.place);
        EXECUTE format('ANALYZE %I', field.place);
    END LOOP;
END
$make$
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0010_fold_plain_letters")]

    operations = [migrations.RunSQL(MAKE, migrations.RunSQL.noop)]

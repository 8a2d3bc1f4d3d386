"""pghistory's statement triggers call `_pgh_attach_context()` even when each event keeps its own context.

Its stock version would write a context row a statement that nobody reads, so it is made to do nothing.
"""

from django.db import migrations

DO_NOTHING = """
CREATE OR REPLACE FUNCTION _pgh_attach_context() RETURNS pghistory_context.id%TYPE AS $$
BEGIN
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial"), ("pghistory", "0007_auto_20250421_0444")]

    operations = [migrations.RunSQL(DO_NOTHING, migrations.RunSQL.noop)]

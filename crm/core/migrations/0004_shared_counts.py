"""A table for what all web processes have to agree on for some minutes, in the shape of Django's database cache.

Unlogged: it is written at each sign-in, and a crash may empty it.
"""

from django.db import migrations

MAKE = """
CREATE UNLOGGED TABLE core_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX core_cache_expires_idx ON core_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0003_history_context_again")]

    operations = [migrations.RunSQL(MAKE, "DROP TABLE core_cache")]

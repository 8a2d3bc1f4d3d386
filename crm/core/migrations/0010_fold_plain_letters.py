"""Fold texts of plain and of western letters by short ways: the long one takes a hundred times as long."""

from importlib import import_module

from django.db import migrations

_before = import_module("crm.core.migrations.0008_fold")
_LONG = _before.FOLD.partition("SELECT ")[2].partition("\n$$")[0]
# What the long way does to the signs up to U+00FF; those without a partner are left out.
_WESTERN = [sign for sign in _before.SIGNS if sign <= "\xff"]
_PARTNERS = [_before.FOLDED[_before.SIGNS.index(sign)] for sign in _WESTERN if _before.SIGNS.index(sign) < len(_before.FOLDED)]
_SHORT = _before._replaced(
    f"lower(translate($1, {_before._quoted(''.join(_WESTERN))}, {_before._quoted(''.join(_PARTNERS))}) COLLATE \"C\")"
)

FOLD = f"""
CREATE OR REPLACE FUNCTION core_fold(text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF octet_length($1) = length($1) THEN
        RETURN lower($1 COLLATE "C");
    ELSIF $1 !~ '[^\\u0001-\\u00ff]' THEN
        RETURN {_SHORT};
    END IF;
    RETURN {_LONG};
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0009_tags")]

    operations = [migrations.RunSQL(FOLD, _before.FOLD.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))]

"""The functions that make the words of a record, for the indexes that answer searches (`crm.core.words`).

In PL/pgSQL, so that the planner sees what they cost: inlined, it takes them for nothing and reads row after row.
"""

from django.db import migrations

MAKE = r"""
CREATE FUNCTION core_words(names text, emails text, numbers text, phones text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 300 AS $$
DECLARE
    words text := translate(names, '-./,;:@_+&()''"', '               ');
    one text;
    tail text;
BEGIN
    IF emails <> '' THEN
        FOREACH one IN ARRAY string_to_array(emails, ' ') LOOP
            words := words || ' ' || translate(split_part(one, '@', 1), '-./,;:_+&()''"', '              ')
                || ' ' || split_part(one, '@', 2);
        END LOOP;
    END IF;
    IF numbers <> '' THEN
        FOREACH one IN ARRAY string_to_array(lower(numbers), ' ') LOOP
            tail := split_part(one, '-', -1);
            words := words || ' #' || one || ' #' || ltrim(tail, '0');
            IF tail <> one THEN
                words := words || ' #' || split_part(one, '-', -2) || '-' || ltrim(tail, '0')
                    || ' #' || left(one, length(one) - length(tail)) || ltrim(tail, '0');
            END IF;
        END LOOP;
    END IF;
    IF phones <> '' THEN
        FOREACH one IN ARRAY string_to_array(phones, ' ') LOOP
            IF one <> '' THEN
                words := words || ' <' || reverse(ltrim(one, '+'));
            END IF;
        END LOOP;
    END IF;
    RETURN array_to_tsvector(array_remove(string_to_array(words, ' '), ''));
END
$$;

CREATE FUNCTION core_folded(given text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 20 AS $$
BEGIN
    IF octet_length(given) = char_length(given) THEN
        RETURN lower(given);
    END IF;
    RETURN translate(
        replace(replace(replace(lower(regexp_replace(normalize(given, NFKD), '[\u0300-\u036f]', '', 'g')),
            'ß', 'ss'), 'æ', 'ae'), 'Æ', 'ae'),
        'ØøŁłĐđıАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩς’‐–—',
        'oollddiабвгдежзийклмнопрстуфхцчшщъыьэюяαβγδεζηθικλμνξοπρστυφχψωσ''---');
END
$$;
"""
UNMAKE = """
DROP FUNCTION core_folded(text);
DROP FUNCTION core_words(text, text, text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0004_shared_counts")]

    operations = [migrations.RunSQL(MAKE, UNMAKE)]

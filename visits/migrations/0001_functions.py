"""Extensions, and the SQL functions that generated columns and indexes stand on."""

from django.contrib.postgres.operations import (
    BtreeGinExtension,
    BtreeGistExtension,
    TrigramExtension,
    UnaccentExtension,
)
from django.db import migrations

# The twins of PartialDate.earliest and .latest in visits/dates.py; a test compares them.
EDTF = """
CREATE FUNCTION visits_edtf_earliest(edtf text) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN edtf IS NULL OR edtf = '' OR edtf LIKE 'XXXX%' THEN NULL
    ELSE make_date(
        greatest(replace(substr(edtf, 1, 4), 'X', '0')::int, 1),
        coalesce(nullif(substr(rtrim(edtf, '?~%'), 6, 2), ''), '1')::int,
        coalesce(nullif(substr(rtrim(edtf, '?~%'), 9, 2), ''), '1')::int)
    END
$$;
CREATE FUNCTION visits_edtf_latest(edtf text) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN edtf IS NULL OR edtf = '' OR edtf LIKE 'XXXX%' THEN NULL
    WHEN length(rtrim(edtf, '?~%')) = 10 THEN make_date(
        substr(edtf, 1, 4)::int, substr(edtf, 6, 2)::int, substr(edtf, 9, 2)::int)
    ELSE (make_date(
        replace(substr(edtf, 1, 4), 'X', '9')::int,
        coalesce(nullif(substr(rtrim(edtf, '?~%'), 6, 2), ''), '12')::int, 1)
        + interval '1 month' - interval '1 day')::date
    END
$$;
"""

# unaccent() is only stable, because its dictionary may change; naming the dictionary makes it safe to index.
FOLD = """
CREATE FUNCTION visits_fold(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT lower(public.unaccent('public.unaccent'::regdictionary, $1))
$$;
"""


class Migration(migrations.Migration):
    dependencies: list[tuple[str, str]] = []
    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        BtreeGinExtension(),
        BtreeGistExtension(),
        migrations.RunSQL(EDTF, "DROP FUNCTION visits_edtf_earliest(text); DROP FUNCTION visits_edtf_latest(text);"),
        migrations.RunSQL(FOLD, "DROP FUNCTION visits_fold(text);"),
    ]

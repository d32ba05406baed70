# ruff: noqa: S608 - the statements are made of our own words
"""Marks for the feed of changes that tables without a model leave, for the migration that makes their triggers.

They are what `visits.models.changes` gives the tables of models: statement triggers, one narrow row for each record.
"""

_COUNTRY = "('x' || left(md5({0}), 15))::bit(60)::bigint"  # the number of a country's code
# Of each table: (kind of the record, its id in the row, field of it).
_TABLES = {
    "visits_outcome_topics": (
        ("outcome", "r.outcome_id", "topics"),
        ("of_outcome", "r.outcome_id", "outcomes"),
    ),
    "visits_dialogue_countries": (("dialogue", "r.dialogue_id", "countries"),),
    "visits_dialogue_organizations": (("dialogue", "r.dialogue_id", "organizations"),),
    "visits_country_successors": (("country", _COUNTRY.format("r.from_country_id"), "successors"),),
}
_ROWS = {
    "insert": ("NEW TABLE AS new_rows", "new_rows"),
    "update": (
        "OLD TABLE AS old_rows NEW TABLE AS new_rows",
        "((TABLE old_rows EXCEPT TABLE new_rows) UNION ALL (TABLE new_rows EXCEPT TABLE old_rows))",
    ),
    "delete": ("OLD TABLE AS old_rows", "old_rows"),
}


def _trigger(table: str, operation: str) -> str:
    referencing, rows = _ROWS[operation]
    values = ", ".join(f"('{kind}', {record}, ARRAY['{field}'])" for kind, record, field in _TABLES[table])
    return f"""
        CREATE FUNCTION {table}_mark_{operation}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO visits_mark (deed, kind, record, fields)
            SELECT DISTINCT pg_current_xact_id()::text::bigint, u.kind, u.record, u.fields FROM {rows} AS r
            CROSS JOIN LATERAL (VALUES {values}) AS u (kind, record, fields);
            RETURN NULL;
        END $$;
        CREATE TRIGGER mark_{operation} AFTER {operation.upper()} ON {table} REFERENCING {referencing}
        FOR EACH STATEMENT EXECUTE FUNCTION {table}_mark_{operation}();
    """


KEEP = "".join(_trigger(table, operation) for table in _TABLES for operation in _ROWS)
FORGET = "".join(
    f"DROP TRIGGER mark_{operation} ON {table}; DROP FUNCTION {table}_mark_{operation}();"
    for table in _TABLES
    for operation in _ROWS
)
# Countries, and sources that are public already, come into the feed as published, some thousand at a time.
WHAT_IS_THERE = f"""
    INSERT INTO visits_mark (deed, kind, record, fields)
    SELECT -1 - row_number() OVER () / 2000, kind, record, '{{}}' FROM (
        SELECT 1 AS place, 'country' AS kind, {_COUNTRY.format("code")} AS record FROM visits_country
        UNION ALL SELECT 2, 'source', id FROM visits_source ORDER BY place, record
    ) AS there
"""

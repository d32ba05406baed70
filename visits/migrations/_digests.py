# ruff: noqa: S608, E501 - the statements are made of our own words
"""The functions and triggers that keep visits_digest right, for the migration that makes it.

Each table that a digest is made from has one trigger for each kind of statement: it finds the visits concerned by
the rows before and after, and has the part of their digests that the table gives worked out anew.
"""

_OF_VISIT = {
    "guest_country": "{0}guest_country_id",
    "guest_organization": "{0}guest_organization_id",
    "host_country": "{0}host_country_id",
    "host_organization": "{0}host_organization_id",
    "kind": "{0}kind",
    "status": "{0}status",
    "earliest": "{0}earliest",
    "latest": "{0}latest",
    "year": """CASE WHEN {0}"start" ~ '^[0-9]{{4}}' THEN left({0}"start", 4) END""",
    "exact": """{0}"start" ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}'
        AND ({0}"end" = '' OR {0}"end" ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')""",
}
_COLUMNS = ", ".join(_OF_VISIT)


def _of(row: str = "") -> str:
    return ", ".join(one.format(row) for one in _OF_VISIT.values())


# What gives an element of a visit's set: the element, where from, and the column with the visit.
_SETS = {
    "topics": (
        ("link.topic_id::text", "visits_topiclink AS link", "link.visit_id"),
        (
            "named.topic_id::text",
            "visits_outcome AS outcome JOIN visits_outcome_topics AS named ON named.outcome_id = outcome.id",
            "outcome.visit_id",
        ),
        (
            "link.topic_id::text",
            """visits_meetingvisit AS lies
            JOIN visits_meeting AS held ON held.id = lies.meeting_id AND held.state = 'published'
            JOIN visits_topiclink AS link ON link.meeting_id = held.id""",
            "lies.visit_id",
        ),
        (
            "named.topic_id::text",
            """visits_meetingvisit AS lies
            JOIN visits_meeting AS held ON held.id = lies.meeting_id AND held.state = 'published'
            JOIN visits_outcome AS outcome ON outcome.meeting_id = held.id
            JOIN visits_outcome_topics AS named ON named.outcome_id = outcome.id""",
            "lies.visit_id",
        ),
    ),
    "ranks": (
        (
            "post.rank",
            """visits_delegation AS sent
            JOIN visits_member AS member ON member.delegation_id = sent.id AND member.head
            JOIN visits_post AS post ON post.id = member.post_id""",
            "sent.visit_id",
        ),
    ),
    "sources": (
        ("citation.source_id::text", "visits_citation AS citation", "citation.visit_id"),
        (
            "citation.source_id::text",
            "visits_delegation AS sent JOIN visits_citation AS citation ON citation.delegation_id = sent.id",
            "sent.visit_id",
        ),
        (
            "citation.source_id::text",
            """visits_delegation AS sent JOIN visits_member AS member ON member.delegation_id = sent.id
            JOIN visits_citation AS citation ON citation.member_id = member.id""",
            "sent.visit_id",
        ),
        *(
            (
                "citation.source_id::text",
                f"visits_{table} AS one JOIN visits_citation AS citation ON citation.{column} = one.id",
                "one.visit_id",
            )
            for table, column in (
                ("topiclink", "topic_link_id"), ("dialoguelink", "dialogue_link_id"), ("outcome", "outcome_id"),
            )
        ),
    ),
}  # fmt: skip


def _sets(name: str, which: str) -> str:
    """The sets of visits as text in order; visits without an element have no row."""
    parts = (
        f"SELECT {visit} AS visit, {one} AS one FROM {where} WHERE {visit} {which}" for one, where, visit in _SETS[name]
    )
    return f"""
        SELECT visit, string_agg(DISTINCT one, ' ' ORDER BY one) AS made FROM ({" UNION ALL ".join(parts)}) AS every
        GROUP BY visit
    """


def _refresh(name: str) -> str:
    return f"""
        CREATE FUNCTION visits_digest_{name}(visits bigint[]) RETURNS void LANGUAGE sql AS $$
            WITH found AS MATERIALIZED ({_sets(name, "= ANY(visits)")})
            UPDATE visits_digest AS digest SET {name} = coalesce(made, '')
            FROM unnest(visits) AS wanted (visit) LEFT JOIN found ON found.visit = wanted.visit
            WHERE digest.visit = wanted.visit AND digest.{name} <> coalesce(made, '')
        $$;
    """


def _all(which: str) -> str:
    """All digests of some visits."""
    joins = " ".join(
        f"LEFT JOIN ({_sets(name, which)}) AS of_{name} ON of_{name}.visit = visits_visit.id" for name in _SETS
    )
    made = ", ".join(f"coalesce(of_{name}.made, '')" for name in _SETS)
    return f"""
        INSERT INTO visits_digest (visit, {_COLUMNS}, {", ".join(_SETS)})
        SELECT id, {_of()}, {made} FROM visits_visit {joins} WHERE state = 'published' AND id {which}
    """


_ALL = f"""
    CREATE FUNCTION visits_digest_all(visits bigint[]) RETURNS void LANGUAGE sql AS $$
        DELETE FROM visits_digest WHERE visit = ANY(visits);
        {_all("= ANY(visits)")};
    $$;
"""

_VISITS = f"""
    CREATE FUNCTION visits_digest_of_visit() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            INSERT INTO visits_digest (visit, {_COLUMNS})
            SELECT id, {_of()} FROM added WHERE state = 'published';
        ELSIF TG_OP = 'DELETE' THEN
            DELETE FROM visits_digest USING gone WHERE visit = gone.id;
        ELSE
            DELETE FROM visits_digest USING added WHERE visit = added.id AND added.state <> 'published';
            UPDATE visits_digest AS digest SET ({_COLUMNS}) = ROW({_of("added.")})
            FROM added JOIN gone ON gone.id = added.id
            WHERE visit = added.id AND added.state = 'published' AND gone.state = 'published'
            AND ({_of("added.")})
            IS DISTINCT FROM ({_of("gone.")});
            PERFORM visits_digest_all(array_agg(added.id)) FROM added JOIN gone ON gone.id = added.id
            WHERE added.state = 'published' AND gone.state <> 'published' HAVING count(*) > 0;
        END IF;
        RETURN NULL;
    END $$;
"""

_OF_MEETING = (
    "SELECT lies.visit_id FROM {rows} AS one JOIN visits_meetingvisit AS lies ON lies.meeting_id = one.meeting_id"
)
_OWN = "SELECT visit_id FROM {rows}"
# Table: the columns that matter, the visits of its rows, the parts that it gives.
_TABLES = {
    "topiclink": (("visit_id", "meeting_id", "topic_id"), f"{_OWN} UNION ALL {_OF_MEETING}", ("topics",)),
    "outcome": (("visit_id", "meeting_id"), f"{_OWN} UNION ALL {_OF_MEETING}", ("topics", "sources")),
    "outcome_topics": (
        ("outcome_id", "topic_id"),
        """
        SELECT outcome.visit_id FROM {rows} AS one JOIN visits_outcome AS outcome ON outcome.id = one.outcome_id
        UNION ALL
        SELECT lies.visit_id FROM {rows} AS one JOIN visits_outcome AS outcome ON outcome.id = one.outcome_id
        JOIN visits_meetingvisit AS lies ON lies.meeting_id = outcome.meeting_id
        """,
        ("topics",),
    ),
    "meetingvisit": (("visit_id", "meeting_id"), _OWN, ("topics",)),
    "meeting": (
        ("state",),
        "SELECT lies.visit_id FROM {rows} AS one JOIN visits_meetingvisit AS lies ON lies.meeting_id = one.id",
        ("topics",),
    ),
    "delegation": (("visit_id",), _OWN, ("ranks", "sources")),
    "member": (
        ("delegation_id", "post_id", "head"),
        "SELECT sent.visit_id FROM {rows} AS one JOIN visits_delegation AS sent ON sent.id = one.delegation_id",
        ("ranks", "sources"),
    ),
    "post": (
        ("rank",),
        """
        SELECT sent.visit_id FROM {rows} AS one JOIN visits_member AS member ON member.post_id = one.id AND member.head
        JOIN visits_delegation AS sent ON sent.id = member.delegation_id
        """,
        ("ranks",),
    ),
    "dialoguelink": (("visit_id",), _OWN, ("sources",)),
    "citation": (
        ("source_id", "visit_id", "delegation_id", "member_id", "topic_link_id", "dialogue_link_id", "outcome_id"),
        f"""
        {_OWN}
        UNION ALL
        SELECT sent.visit_id FROM {{rows}} AS one JOIN visits_delegation AS sent ON sent.id = one.delegation_id
        UNION ALL
        SELECT sent.visit_id FROM {{rows}} AS one JOIN visits_member AS member ON member.id = one.member_id
        JOIN visits_delegation AS sent ON sent.id = member.delegation_id
        UNION ALL
        SELECT link.visit_id FROM {{rows}} AS one JOIN visits_topiclink AS link ON link.id = one.topic_link_id
        UNION ALL
        SELECT link.visit_id FROM {{rows}} AS one JOIN visits_dialoguelink AS link ON link.id = one.dialogue_link_id
        UNION ALL
        SELECT outcome.visit_id FROM {{rows}} AS one JOIN visits_outcome AS outcome ON outcome.id = one.outcome_id
        """,
        ("sources",),
    ),
}
# What comes before the rows that cite or fill it has nothing to tell when it is inserted.
_COMES_FIRST = {"delegation", "dialoguelink", "outcome", "meeting", "post"}
_EVENTS = {
    "INSERT": "REFERENCING NEW TABLE AS added",
    "UPDATE": "REFERENCING OLD TABLE AS gone NEW TABLE AS added",
    "DELETE": "REFERENCING OLD TABLE AS gone",
}


def _function(table: str, event: str, rows: str) -> str:
    """The function of one table and event; INSERT of a member, where no citation can point at it yet, gives no sources."""
    columns, visits, parts = _TABLES[table]
    if table == "member" and event == "INSERT":
        parts = ("ranks",)
    wanted = " UNION ALL ".join(f"({visits.format(rows=one)})" for one in rows.split())
    if event == "UPDATE":
        before, after = (", ".join(f"{one}.{column}" for column in columns) for one in ("gone", "added"))
        changed = (
            f"SELECT {{0}}.* FROM added JOIN gone ON gone.id = added.id WHERE ({before}) IS DISTINCT FROM ({after})"
        )
        wanted = f"""
            WITH before AS MATERIALIZED ({changed.format("gone")}), after AS MATERIALIZED ({changed.format("added")})
            {wanted}
        """
    calls = " ".join(f"PERFORM visits_digest_{part}(visits);" for part in parts)
    return f"""
        CREATE FUNCTION visits_digest_{table}_{event.lower()}() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE visits bigint[] := ARRAY(SELECT DISTINCT visit_id FROM ({wanted}) AS found (visit_id) WHERE visit_id > 0);
        BEGIN
            IF cardinality(visits) > 0 THEN {calls} END IF;
            RETURN NULL;
        END $$;
    """


def _trigger(table: str, event: str, function: str) -> str:
    return f"""
        CREATE TRIGGER digest_{event.lower()} AFTER {event} ON visits_{table} {_EVENTS[event]}
        FOR EACH STATEMENT EXECUTE FUNCTION {function}();
    """


_PARTS = {
    "sides": ("guest_country", "guest_organization", "host_country"),
    "kind": ("kind",),
    "status": ("status",),
    "year": ("year", "exact"),
    "topics": ("topics",),
    "ranks": ("ranks",),
    "sources": ("sources",),
}
_COUNTED = ", ".join(column for columns in _PARTS.values() for column in columns)
_PART = " ".join(f"WHEN GROUPING({columns[0]}) = 0 THEN '{part}'" for part, columns in _PARTS.items())
_ADD = f"""
    INSERT INTO visits_tally (part, {_COUNTED}, number)
    SELECT CASE {_PART} END, {_COUNTED}, sum(number) FROM ({{rows}}) AS every
    GROUP BY GROUPING SETS ({", ".join(f"({', '.join(columns)})" for columns in _PARTS.values())})
    HAVING sum(number) <> 0
"""
_COMPACT = f"""
    CREATE FUNCTION visits_tally_compact() RETURNS void LANGUAGE sql AS $$
        WITH named AS (SELECT id, ROW(part, {_COUNTED})::text AS name FROM visits_tally),
             twice AS (SELECT name FROM named GROUP BY name HAVING count(*) > 1),
             apart AS (
                 DELETE FROM visits_tally USING named JOIN twice USING (name)
                 WHERE visits_tally.id = named.id RETURNING visits_tally.*
             )
        INSERT INTO visits_tally (part, {_COUNTED}, number)
        SELECT part, {_COUNTED}, sum(number) FROM apart GROUP BY part, {_COUNTED} HAVING sum(number) <> 0
    $$;
"""


def _tally(event: str, **rows: int) -> str:
    added = " UNION ALL ".join(f"SELECT {_COUNTED}, {number} AS number FROM {name}" for name, number in rows.items())
    return f"""
        CREATE FUNCTION visits_tally_{event.lower()}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            {_ADD.format(rows=added)};
            RETURN NULL;
        END $$;
        {_trigger("digest", event, f"visits_tally_{event.lower()}")}
    """


TALLY = "\n".join([_tally("INSERT", added=1), _tally("UPDATE", added=1, gone=-1), _tally("DELETE", gone=-1), _COMPACT])
FILL_TALLY = _ADD.format(rows=f"SELECT {_COUNTED}, 1 AS number FROM visits_digest")
_FORGET_TALLY = [
    *(f"DROP TRIGGER digest_{event} ON visits_digest; DROP FUNCTION visits_tally_{event}();"
      for event in ("insert", "update", "delete")),
    "DROP FUNCTION visits_tally_compact();",
]  # fmt: skip
FORGET_TALLY = "\n".join(_FORGET_TALLY)


def _statements() -> str:
    found = [TALLY, *map(_refresh, _SETS), _ALL, _VISITS]
    found += [_trigger("visit", event, "visits_digest_of_visit") for event in _EVENTS]
    for table in _TABLES:
        for event, rows in (("INSERT", "added"), ("UPDATE", "before after"), ("DELETE", "gone")):
            if event != "INSERT" or table not in _COMES_FIRST:
                found.append(_function(table, event, rows))
                found.append(_trigger(table, event, f"visits_digest_{table}_{event.lower()}"))
    return "\n".join(found)


KEEP = _statements()
FILL = f"DELETE FROM visits_digest; {_all('> 0')}"
FORGET = "\n".join(
    [
        *(f"DROP TRIGGER IF EXISTS digest_{event} ON visits_{table};" for table in ("visit", *_TABLES)
          for event in ("insert", "update", "delete")),
        *(f"DROP FUNCTION IF EXISTS visits_digest_{table}_{event}();" for table in _TABLES
          for event in ("insert", "update", "delete")),
        *_FORGET_TALLY,
        "DROP FUNCTION visits_digest_of_visit(); DROP FUNCTION visits_digest_all(bigint[]);",
        *(f"DROP FUNCTION visits_digest_{name}(bigint[]);" for name in _SETS),
    ]
)  # fmt: skip

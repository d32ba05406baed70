# ruff: noqa: S608 - the statements are made of our own words
"""The functions and triggers that keep the sets of visits_digest by which lists are filtered, for their migration.

As with the sets that are counted (`_digests`): each table that a set is made from has a trigger for each kind of
statement. A digest that comes has its sets made by a trigger of its own.
"""

_HELD = """
    visits_meetingvisit AS lies JOIN visits_meeting AS held ON held.id = lies.meeting_id AND held.state = 'published'
"""
_NAMED = "LEFT JOIN visits_outcome_topics AS named ON named.outcome_id = outcome.id"
_OF_LINK = "ARRAY[link.modality, link.topic_id || '.' || link.modality]"
_OF_OUTCOME = "ARRAY[outcome.modality, named.topic_id || '.' || outcome.modality]"
_OF_DIALOGUE = "ARRAY[link.dialogue_id::text, CASE WHEN link.role = 'session' THEN link.dialogue_id || '.session' END]"
# What gives elements of a visit's set: the elements, where from, and the column with the visit.
_SETS = {
    "modalities": (
        (_OF_LINK, "visits_topiclink AS link", "link.visit_id"),
        (_OF_OUTCOME, f"visits_outcome AS outcome {_NAMED}", "outcome.visit_id"),
        (_OF_LINK, f"{_HELD} JOIN visits_topiclink AS link ON link.meeting_id = held.id", "lies.visit_id"),
        (
            _OF_OUTCOME,
            f"{_HELD} JOIN visits_outcome AS outcome ON outcome.meeting_id = held.id {_NAMED}",
            "lies.visit_id",
        ),
    ),
    "dialogues": (
        (_OF_DIALOGUE, "visits_dialoguelink AS link", "link.visit_id"),
        (_OF_DIALOGUE, f"{_HELD} JOIN visits_dialoguelink AS link ON link.meeting_id = held.id", "lies.visit_id"),
    ),
    "datasets": (("ARRAY[given.dataset_id::text]", "visits_externalid AS given", "given.visit_id"),),
}
_OWN = "SELECT visit_id FROM {rows}"
_OF_MEETING = "SELECT lies.visit_id FROM {rows} AS one JOIN visits_meetingvisit AS lies ON lies.meeting_id = one."
_OF_OWNER = f"{_OWN} UNION ALL {_OF_MEETING}meeting_id"
# Table: the columns that matter, the visits of its rows, the sets that it gives.
_TABLES = {
    "topiclink": (("visit_id", "meeting_id", "topic_id", "modality"), _OF_OWNER, ("modalities",)),
    "outcome": (("visit_id", "meeting_id", "modality"), _OF_OWNER, ("modalities",)),
    "outcome_topics": (
        ("outcome_id", "topic_id"),
        """
        SELECT outcome.visit_id FROM {rows} AS one JOIN visits_outcome AS outcome ON outcome.id = one.outcome_id
        UNION ALL
        SELECT lies.visit_id FROM {rows} AS one JOIN visits_outcome AS outcome ON outcome.id = one.outcome_id
        JOIN visits_meetingvisit AS lies ON lies.meeting_id = outcome.meeting_id
        """,
        ("modalities",),
    ),
    "dialoguelink": (("visit_id", "meeting_id", "dialogue_id", "role"), _OF_OWNER, ("dialogues",)),
    "meetingvisit": (("visit_id", "meeting_id"), _OWN, ("modalities", "dialogues")),
    "meeting": (("state",), f"{_OF_MEETING}id", ("modalities", "dialogues")),
    "externalid": (("visit_id", "dataset_id"), _OWN, ("datasets",)),
}
_EVENTS = {
    "INSERT": ("REFERENCING NEW TABLE AS added", "added"),
    "UPDATE": ("REFERENCING OLD TABLE AS gone NEW TABLE AS added", "before after"),
    "DELETE": ("REFERENCING OLD TABLE AS gone", "gone"),
}


def _made(name: str, which: str) -> str:
    """The sets of visits as text in order; visits without an element have no row."""
    parts = (
        f"SELECT {visit} AS visit, unnest({elements}) AS one FROM {where} WHERE {visit} {which}"
        for elements, where, visit in _SETS[name]
    )
    return f"""
        SELECT visit, string_agg(DISTINCT one, ' ' ORDER BY one) AS made FROM ({" UNION ALL ".join(parts)}) AS every
        GROUP BY visit
    """


def _refresh(name: str) -> str:
    return f"""
        CREATE FUNCTION visits_digest_{name}(visits bigint[]) RETURNS void LANGUAGE sql AS $$
            WITH found AS MATERIALIZED ({_made(name, "= ANY(visits)")})
            UPDATE visits_digest AS digest SET {name} = coalesce(made, '')
            FROM unnest(visits) AS wanted (visit) LEFT JOIN found ON found.visit = wanted.visit
            WHERE digest.visit = wanted.visit AND digest.{name} <> coalesce(made, '')
        $$;
    """


def _trigger(table: str, event: str, visits: str, sets: tuple[str, ...]) -> str:
    calls = " ".join(f"PERFORM visits_digest_{name}(visits);" for name in sets)
    name = f"visits_digest_sets_{table}_{event.lower()}"
    return f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE visits bigint[] := ARRAY(
            SELECT DISTINCT visit_id FROM ({visits}) AS found (visit_id) WHERE visit_id > 0
        );
        BEGIN
            IF cardinality(visits) > 0 THEN {calls} END IF;
            RETURN NULL;
        END $$;
        CREATE TRIGGER digest_sets_{event.lower()} AFTER {event} ON visits_{table} {_EVENTS[event][0]}
        FOR EACH STATEMENT EXECUTE FUNCTION {name}();
    """


def _of_table(table: str, event: str) -> str:
    columns, visits, sets = _TABLES[table]
    wanted = " UNION ALL ".join(f"({visits.format(rows=rows)})" for rows in _EVENTS[event][1].split())
    if event == "UPDATE":
        before, after = (", ".join(f"{one}.{column}" for column in columns) for one in ("gone", "added"))
        changed = (
            f"SELECT {{0}}.* FROM added JOIN gone ON gone.id = added.id WHERE ({before}) IS DISTINCT FROM ({after})"
        )
        wanted = f"""
            WITH before AS MATERIALIZED ({changed.format("gone")}), after AS MATERIALIZED ({changed.format("added")})
            {wanted}
        """
    return _trigger(table, event, wanted, sets)


def _places() -> list[tuple[str, str]]:
    """Tables and events with a trigger; a new meeting lies in no visit yet."""
    found = [(table, event) for table in _TABLES for event in _EVENTS if (table, event) != ("meeting", "INSERT")]
    return [*found, ("digest", "INSERT")]


KEEP = "\n".join(
    [
        *map(_refresh, _SETS),
        *(_of_table(*place) for place in _places()[:-1]),
        _trigger("digest", "INSERT", "SELECT visit FROM added", tuple(_SETS)),
    ]
)
# Written anew: an update would leave the table twice as large.
FILL = f"""
    ALTER TABLE visits_digest DISABLE TRIGGER USER;
    CREATE TEMP TABLE before ON COMMIT DROP AS SELECT * FROM visits_digest;
    ALTER TABLE before {", ".join(f"DROP COLUMN {name}" for name in _SETS)};
    TRUNCATE visits_digest;
    INSERT INTO visits_digest
    SELECT before.*, {", ".join(f"coalesce(of_{name}.made, '')" for name in _SETS)} FROM before
    {" ".join(f"LEFT JOIN ({_made(name, '> 0')}) AS of_{name} ON of_{name}.visit = before.visit" for name in _SETS)};
    DROP TABLE before;
    ALTER TABLE visits_digest ENABLE TRIGGER USER;
"""
FORGET = "\n".join(
    [
        *(
            f"DROP TRIGGER digest_sets_{event.lower()} ON visits_{table};"
            f"DROP FUNCTION visits_digest_sets_{table}_{event.lower()}();"
            for table, event in _places()
        ),
        *(f"DROP FUNCTION visits_digest_{name}(bigint[]);" for name in _SETS),
    ]
)

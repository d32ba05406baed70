# ruff: noqa: E501 - SQL
"""As many published visits as one likes, by SQL alone: uneven as in life, the same in every run.

A few countries take part in most visits, some officials travel hundreds of times, most dates are days; every tenth
visit has a meeting, every twelfth an outcome, each a citation. `fill` leaves the secondary indexes away meanwhile.
"""

import psycopg

from visits.migrations._digests import FILL

_FIRST = (
    "US", "CN", "RU", "DE", "FR", "GB", "JP", "IN", "TR", "KZ", "IT", "TM", "IR", "UZ", "KR", "SA", "EG", "BR",
)  # fmt: skip
_TITLES = (
    ("President", "head-of-state"), ("Prime Minister", "head-of-government"),
    ("Minister of Foreign Affairs", "foreign-minister"), ("Minister of Energy", "minister"),
    ("Minister of Defence", "minister"), ("Minister of Trade", "minister"), ("Minister of Finance", "minister"),
    ("Deputy Minister of Foreign Affairs", "deputy-minister"), ("Ambassador", "ambassador"),
    ("Special Envoy", "senior-official"), ("Speaker of the Parliament", "speaker"),
)  # fmt: skip
_FILLED = (
    "visit", "visitplace", "meeting", "meetingvisit", "delegation", "member", "participant", "topiclink",
    "dialoguelink", "outcome", "outcome_topics", "source", "externalid", "citation", "official", "officialname",
    "post", "corroboration",
)  # fmt: skip
_SYLLABLES = "ba be bi da de do fa fe ga go ha hi ja ka ke ki la le lo ma me mi na ne no pa pe ra re ri sa se si ta te"
_ENDS = "bor dem fen gal hir jun kel lom mar nis pol ran sel tor vin ov yev ski nen dze"

_WORDS = """
CREATE TEMP TABLE syllables AS SELECT string_to_array(%(syllables)s, ' ') AS s, string_to_array(%(ends)s, ' ') AS e;
CREATE TEMP TABLE words AS
SELECT n, s[1 + n %% 35] || s[1 + n / 35 %% 35] || e[1 + (n * 7 + n / 1225) %% 20] AS word
FROM syllables, generate_series(1, 20000) AS n;
ANALYZE words;
CREATE TEMP TABLE places AS
SELECT array_agg(code ORDER BY array_position(%(first)s::text[], code::text), md5(code)) AS c
FROM visits_country WHERE valid_to = '' AND length(code) = 2;
CREATE TEMP TABLE place AS SELECT code, rank::int - 1 AS rank FROM places, unnest(c) WITH ORDINALITY AS one (code, rank);
CREATE TEMP TABLE cities AS
SELECT country_id AS code, array_agg(id ORDER BY id) AS c FROM visits_city GROUP BY country_id;
CREATE TEMP TABLE topics AS SELECT array_agg(id ORDER BY md5(slug)) AS t, count(*)::int AS many FROM visits_topic;
CREATE TEMP TABLE dialogues AS SELECT array_agg(id ORDER BY md5(slug)) AS d, count(*)::int AS many FROM visits_dialogue;
CREATE TEMP TABLE bodies AS
SELECT array_agg(id ORDER BY id) AS b, count(*)::int AS many FROM visits_organization WHERE is_reference;
"""
_PEOPLE = """
CREATE TEMP TABLE share AS
SELECT code, rank, greatest(4, (%(officials)s * ln((9.0 + rank) / (8.0 + rank)) / ln((8.0 + total) / 8.0))::int) AS n
FROM place, (SELECT count(*)::int AS total FROM place) AS size;
CREATE TEMP TABLE range AS SELECT code, rank, n, sum(n) OVER (ORDER BY rank)::int - n AS first FROM share;
INSERT INTO visits_post (id, uid, locked_fields, title, key, rank, single_holder, country_id)
SELECT 1 + rank * 11 + number - 1, md5('post' || code || number)::uuid, '{}', title, lower(title), title_rank, false, code
FROM place, unnest(%(titles)s::text[], %(ranks)s::text[]) WITH ORDINALITY AS one (title, title_rank, number);
INSERT INTO visits_official (id, uid, locked_fields, name, key, wikidata, notes, country_id)
SELECT id, md5('official' || id)::uuid, '{}', name, lower(name), '', '', code
FROM (
    SELECT 1 + first + i AS id, code,
           CASE WHEN i %% 13 = 5 THEN 'Muhammad'
           ELSE initcap(s[1 + (first + i * 31) %% 35] || e[1 + (first / 7 + i * 3) %% 20]) END
           || ' ' || initcap(s[1 + (i * 17 + rank) %% 35] || s[1 + i / 11 %% 35] || e[1 + (i / 3 + rank) %% 20]) AS name
    FROM range, generate_series(0, n - 1) AS i, syllables
) AS made;
INSERT INTO visits_officialname (id, text, key, kind, language, script, "primary", start, "end", official_id)
SELECT id, upper(name), key, 'spelling', '', 'Latn', false, '', '', id FROM visits_official WHERE id %% 2 = 0;
"""
_PLAN = """
CREATE TEMP TABLE plan AS
SELECT n, c[1 + least(floor(8 * power((8.0 + size) / 8, r1) - 8)::int, size - 1)] AS guest,
       c[1 + least(floor(8 * power((8.0 + size) / 8, r2) - 8)::int, size - 1)] AS host,
       1950 + floor(76 * power(r3, 0.6))::int AS year, floor(r4 * 365)::int AS day, floor(power(r5, 2) * 5)::int AS days,
       r6, r7, r8, r9, r10, floor(1 + r11 * 3)::int AS topics
FROM (
    SELECT n, random() AS r1, random() AS r2, random() AS r3, random() AS r4, random() AS r5, random() AS r6,
           random() AS r7, random() AS r8, random() AS r9, random() AS r10, random() AS r11
    FROM generate_series(1, %(visits)s) AS n
) AS chance, (SELECT c, array_length(c, 1) AS size FROM places) AS places;
CREATE TEMP TABLE planned AS
SELECT plan.*, 1 + guests.first + pg_temp.head_of(guests.n, year, r6, r7) AS head, 1 + hosts.first + pg_temp.head_of(hosts.n, year, r8, r9) AS met,
       guests.rank AS guest_rank, hosts.rank AS host_rank, (make_date(year, 1, 1) + day) AS began,
       concat_ws(' ', one.word, two.word, three.word, four.word) AS said
FROM plan JOIN range AS guests ON guests.code = guest JOIN range AS hosts ON hosts.code = host
JOIN words AS one ON one.n = floor(power(20000, r6))::int JOIN words AS two ON two.n = floor(power(20000, r7))::int
JOIN words AS three ON three.n = floor(power(20000, r8))::int JOIN words AS four ON four.n = floor(power(20000, r9))::int
WHERE guest <> host;
ANALYZE planned;
"""
# One of seven visits is led by the country's leader of these six years, the others by some of those in office.
_HEAD_OF = """
CREATE FUNCTION pg_temp.head_of(people int, year int, r float8, again float8) RETURNS int LANGUAGE sql IMMUTABLE AS $$
    SELECT (CASE WHEN r < 0.15 THEN (year - 1950) / 6 * people / 13
            ELSE (year - 1950) * people / 76 + floor(power(again, 3) * (1 + people * 8 / 76))::int END) %% people
$$;
"""
_VISITS = """
INSERT INTO visits_visit (id, uid, locked_fields, state, title, start, "end", kind, kind_as_printed, status,
    guest_country_id, guest_organization_id, guest_as_printed, host_country_id, host_as_printed, summary)
SELECT n, md5('visit' || n)::uuid, '{}', 'published',
       CASE WHEN r10 < 0.2 THEN 'Visit of ' || official.name || ' to ' || place.name ELSE '' END,
       CASE WHEN r8 < 0.9 THEN began::text WHEN r8 < 0.96 THEN left(began::text, 7) WHEN r8 < 0.99 THEN year::text
            WHEN r8 < 0.995 THEN 'XXXX' || right(began::text, 6) ELSE '' END,
       CASE WHEN r8 < 0.9 AND days > 0 THEN (began + days)::text ELSE '' END,
       (ARRAY['unknown', 'working', 'official', 'state', 'summit', 'private', 'informal', 'transit'])[1 + floor(power(r7, 2) * 8)::int],
       '', CASE WHEN r9 < 0.9 THEN 'completed' WHEN r9 < 0.92 THEN 'cancelled' WHEN r9 < 0.93 THEN 'postponed'
           WHEN r9 < 0.931 THEN 'planned' ELSE 'unknown' END,
       CASE WHEN r6 < 0.97 THEN guest END, CASE WHEN r6 >= 0.97 THEN b[1 + n %% bodies.many] END, '', host, '',
       'Talks about ' || said || '.'
FROM planned JOIN visits_official AS official ON official.id = head JOIN visits_country AS place ON place.code = host, bodies;
INSERT INTO visits_visitplace (id, as_printed, position, locked_fields, city_id, visit_id)
SELECT n, '', 0, '{}', c[1 + n %% array_length(c, 1)], n FROM planned JOIN cities ON code = host WHERE r7 < 0.3;
INSERT INTO visits_delegation (id, uid, locked_fields, sender_as_printed, position, sender_country_id, visit_id)
SELECT n, md5('delegation' || n)::uuid, '{}', '', 0, guest, n FROM planned;
INSERT INTO visits_member (id, as_printed, name_as_printed, post_as_printed, position, locked_fields, head,
    delegation_id, official_id, post_id)
SELECT row_number() OVER (ORDER BY n, second), name || ', ' || title, name, title, second, '{}', second = 0, n, one.id, post.id
FROM (
    SELECT n, head, guest_rank, r6, 0 AS second FROM planned
    UNION ALL SELECT n, head + 1, guest_rank, 0.9, 1 FROM planned WHERE r9 < 0.3
) AS sent
JOIN visits_official AS one ON one.id = head
JOIN visits_post AS post ON post.id = 1 + guest_rank * 11 + CASE WHEN r6 < 0.15 THEN 0 ELSE head %% 11 END;
INSERT INTO visits_topiclink (id, as_printed, modality, position, locked_fields, topic_id, visit_id)
SELECT row_number() OVER (ORDER BY planned.n, one), '',
       (ARRAY['discussed', 'proposed', 'agreed', 'signed'])[1 + floor(power(r6, 2) * 4)::int], one, '{}',
       t[1 + (floor(power(r10, 2) * topics.many)::int + one * 37) %% topics.many], planned.n
FROM planned CROSS JOIN LATERAL generate_series(0, planned.topics - 1) AS one, topics;
INSERT INTO visits_dialoguelink (id, as_printed, role, position, locked_fields, dialogue_id, visit_id)
SELECT planned.n, '', CASE WHEN r7 < 0.5 THEN 'session' ELSE 'about' END, 0, '{}',
       d[1 + floor(power(r8, 2) * dialogues.many)::int], planned.n
FROM planned, dialogues WHERE r9 < 0.03;
INSERT INTO visits_corroboration (visit, origins, sides)
SELECT n, 2 + n %% 3, (ARRAY['', 'guest', 'host', 'both'])[1 + n %% 4] FROM planned WHERE r8 < 0.02;
"""
_MEETINGS = """
INSERT INTO visits_meeting (id, uid, locked_fields, state, title, date, format, status, place_as_printed, summary,
    venue_country_id)
SELECT n, md5('meeting' || n)::uuid, '{}', 'published', CASE WHEN r7 < 0.5 THEN 'Talks on ' || said ELSE '' END,
       began::text, 'in-person', 'completed', '', 'They spoke about ' || said || '.', host
FROM planned WHERE r10 < 0.1;
INSERT INTO visits_meetingvisit (id, position, meeting_id, visit_id) SELECT id, 0, id, id FROM visits_meeting;
INSERT INTO visits_participant (id, as_printed, name_as_printed, post_as_printed, position, locked_fields,
    side_as_printed, meeting_id, official_id, side_country_id, post_id)
SELECT row_number() OVER (ORDER BY n, second), name || ', ' || title, name, title, second, '{}', '', n, one.id, code, post.id
FROM (
    SELECT n, head AS person, guest AS code, guest_rank AS rank, 0 AS second FROM planned WHERE r10 < 0.1
    UNION ALL SELECT n, met, host, host_rank, 1 FROM planned WHERE r10 < 0.1
) AS came
JOIN visits_official AS one ON one.id = person JOIN visits_post AS post ON post.id = 1 + came.rank * 11 + person %% 11;
INSERT INTO visits_topiclink (id, as_printed, modality, position, locked_fields, topic_id, meeting_id)
SELECT 10 * %(visits)s + planned.n, '', 'discussed', 0, '{}', t[1 + floor(power(r9, 2) * topics.many)::int], planned.n
FROM planned, topics WHERE r10 < 0.05;
INSERT INTO visits_outcome (id, uid, locked_fields, kind, modality, title, due, life, position, visit_id, dialogue_id)
SELECT n, md5('outcome' || n)::uuid, '{}',
       (ARRAY['agreement', 'memorandum', 'joint-statement', 'declaration', 'plan', 'invitation'])[1 + n %% 6],
       (ARRAY['discussed', 'proposed', 'agreed', 'signed'])[1 + n %% 4], 'Agreement on ' || said,
       CASE WHEN n %% 3 = 0 THEN (year + 2)::text ELSE '' END,
       (ARRAY['open', 'fulfilled', 'dropped'])[1 + floor(power(r8, 2) * 3)::int], 0, n, CASE WHEN n %% 9 = 0 THEN d[1] END
FROM planned, dialogues WHERE r7 < 0.08;
INSERT INTO visits_outcome_topics (outcome_id, topic_id)
SELECT id, t[1 + id %% topics.many] FROM visits_outcome, topics;
"""
_EVIDENCE = """
INSERT INTO visits_source (id, uid, locked_fields, kind, slug, trusted, title, publisher, url, language, published,
    sha256, free_to_show, sample)
SELECT n, md5('source' || n)::uuid, '{}', CASE WHEN n < 4 THEN 'dataset' ELSE 'document' END,
       CASE WHEN n < 4 THEN 'generated-' || n END, n < 4, CASE WHEN n < 4 THEN 'Generated ' || n ELSE 'News ' || n END,
       'Made up', 'https://example.org/' || n, 'en', '', '', false, false
FROM generate_series(1, 3 + %(visits)s / 50) AS n;
INSERT INTO visits_externalid (id, value, dataset_id, visit_id) SELECT n, n, 1 + n %% 3, n FROM planned WHERE r9 < 0.6;
INSERT INTO visits_citation (id, field, exact, prefix, suffix, attributed_to, external_id, file_sha256, "row", columns,
    rule, source_id, visit_id)
SELECT n, '', CASE WHEN r9 < 0.6 THEN '' ELSE 'They spoke about ' || said END, '', '', '', CASE WHEN r9 < 0.6 THEN n::text ELSE '' END, '',
       CASE WHEN r9 < 0.6 THEN jsonb_build_object('visitor', head, 'days', days) END,
       CASE WHEN r9 < 0.6 THEN '{"head": "visitor"}'::jsonb END, 'generated',
       CASE WHEN r9 < 0.6 THEN 1 + n %% 3 ELSE 4 + floor(power(r8, 1.2) * (%(visits)s / 50 - 1))::int END, n
FROM planned;
"""


def fill(url: str, visits: int) -> None:
    """Into a database with the reference data alone."""
    parameters = {
        "visits": visits,
        "officials": visits // 10,
        "first": list(_FIRST),
        "titles": [title for title, _rank in _TITLES],
        "ranks": [rank for _title, rank in _TITLES],
        "syllables": _SYLLABLES,
        "ends": _ENDS,
    }
    with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute("SET session_replication_role = replica")  # neither triggers nor foreign keys
        connection.execute("SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'; SET synchronous_commit = off")
        connection.execute("SELECT setseed(0.42)")
        indexes = _secondary_indexes(connection)
        for name, _statement in indexes:
            connection.execute(f'DROP INDEX "{name}"')
        for part in (_WORDS, _PEOPLE, _HEAD_OF, _PLAN, _VISITS, _MEETINGS, _EVIDENCE):
            for statement in part.split(";\n"):
                if statement.strip():
                    connection.execute(statement, parameters)
        for _name, statement in indexes:
            connection.execute(statement)
        for table in _FILLED[:-1]:
            name = f"visits_{table}"
            connection.execute(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")
        connection.execute("RESET session_replication_role")
        connection.execute(FILL)
        connection.execute("VACUUM ANALYZE")


def _secondary_indexes(connection: psycopg.Connection) -> list[tuple[str, str]]:
    """Those of the tables that are filled which no constraint needs; with the statements that make them."""
    return connection.execute(
        """
        SELECT indexname, indexdef FROM pg_indexes
        WHERE schemaname = 'public' AND tablename = ANY(%s)
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = format('%%I', indexname)::regclass)
        """,
        [[f"visits_{table}" for table in _FILLED]],
    ).fetchall()

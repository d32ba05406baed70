"""The same visits by SQL alone: COPY into a staging table, then INSERT .. SELECT with lookups and ON CONFLICT.

`bare` writes the visits, delegations, heads and topics. `everything` writes all that a load writes: sources, external
ids, citations with their rows, candidates and judgements too.
"""

from pathlib import Path
from typing import Any

STAGING = """
CREATE TEMP TABLE staging (
    external_id text, guest text, host text, "start" text, "end" text, kind text, head text, head_post text,
    topics text, summary text, source_url text, source_title text, source_published text,
    row_number int GENERATED ALWAYS AS IDENTITY
)
"""
COPY = """
COPY staging (external_id, guest, host, "start", "end", kind, head, head_post, topics, summary, source_url,
    source_title, source_published)
FROM STDIN (FORMAT csv, HEADER)
"""
BARE = (
    """
    INSERT INTO visits_visit (uid, locked_fields, state, title, "start", "end", kind, kind_as_printed, status,
        guest_country_id, guest_as_printed, host_country_id, host_as_printed, summary)
    SELECT md5(external_id)::uuid, '{}', 'published', '', "start", "end", s.kind, '', 'unknown', guest.code, '',
        host.code, '', summary
    FROM staging s JOIN visits_country guest ON guest.code = s.guest JOIN visits_country host ON host.code = s.host
    ON CONFLICT (uid) DO UPDATE SET "start" = excluded."start", "end" = excluded."end", kind = excluded.kind,
        guest_country_id = excluded.guest_country_id, host_country_id = excluded.host_country_id,
        summary = excluded.summary
    """,
    """
    INSERT INTO visits_delegation (uid, locked_fields, visit_id, sender_country_id, sender_as_printed, position)
    SELECT md5('delegation' || external_id)::uuid, '{}', v.id, s.guest, '', 0
    FROM staging s JOIN visits_visit v ON v.uid = md5(external_id)::uuid
    ON CONFLICT (uid) DO UPDATE SET sender_country_id = excluded.sender_country_id
    """,
    """
    INSERT INTO visits_member (delegation_id, official_id, post_id, as_printed, name_as_printed, post_as_printed,
        position, locked_fields, head)
    SELECT d.id, o.id, p.id, s.head || ', ' || head_post, s.head, head_post, 0, '{}', true
    FROM staging s JOIN visits_delegation d ON d.uid = md5('delegation' || external_id)::uuid
    JOIN visits_official o ON o.country_id = s.guest AND o.key = lower(s.head)
    JOIN visits_post p ON p.country_id = s.guest AND p.key = lower(head_post) AND p.organization_id IS NULL
    ON CONFLICT (delegation_id) WHERE head DO UPDATE SET official_id = excluded.official_id, post_id = excluded.post_id
    """,
    """
    INSERT INTO visits_topiclink (visit_id, topic_id, as_printed, modality, position, locked_fields)
    SELECT v.id, t.id, one.slug, 'discussed', one.n - 1, '{}'
    FROM staging s JOIN visits_visit v ON v.uid = md5(external_id)::uuid
    CROSS JOIN unnest(string_to_array(s.topics, '; ')) WITH ORDINALITY one (slug, n)
    JOIN visits_topic t ON t.slug = one.slug
    WHERE NOT EXISTS (SELECT FROM visits_topiclink l WHERE l.visit_id = v.id AND l.topic_id = t.id)
    """,
)
THE_REST = (
    """
    INSERT INTO visits_source (uid, locked_fields, kind, slug, trusted, title, publisher, url, language, published,
        sha256, free_to_show, sample)
    VALUES (md5('generated')::uuid, '{}', 'dataset', 'generated', false, 'generated', '', '', '', '', '', false, false)
    """,
    """
    INSERT INTO visits_source (uid, locked_fields, kind, trusted, title, publisher, url, language, published, sha256,
        free_to_show, sample)
    SELECT DISTINCT ON (source_url) md5(source_url)::uuid, '{}'::varchar[], 'document', false, source_title, '',
        source_url, '', source_published, '', false, false
    FROM staging
    ON CONFLICT (uid) DO UPDATE SET title = excluded.title, published = excluded.published
    """,
    """
    INSERT INTO visits_externalid (dataset_id, value, visit_id)
    SELECT dataset.id, split_part(external_id, ':', 2), v.id
    FROM staging s JOIN visits_visit v ON v.uid = md5(external_id)::uuid
    JOIN visits_source dataset ON dataset.slug = split_part(external_id, ':', 1)
    ON CONFLICT (dataset_id, value) DO NOTHING
    """,
    """
    INSERT INTO visits_citation (source_id, visit_id, field, exact, prefix, suffix, attributed_to, external_id,
        file_sha256, "row", columns, rule)
    SELECT d.id, v.id, '', '', '', '', '', split_part(external_id, ':', 2), %(sha256)s, to_jsonb(s),
        %(columns)s::jsonb, ''
    FROM staging s JOIN visits_visit v ON v.uid = md5(external_id)::uuid
    JOIN visits_source d ON d.uid = md5(source_url)::uuid
    """,
    """
    INSERT INTO visits_candidate (run_id, file, "row", type, key, fingerprint, action, state, raw, record, matches,
        difference, doubts, reasons, source_id, visit_id, turn)
    SELECT %(run)s, 'visits.csv', row_number, 'visit', v.uid, encode(sha256(convert_to(s::text, 'UTF8')), 'hex'),
        'create', 'accepted', jsonb_build_array(to_jsonb(s)),
        jsonb_build_object(
            'type', 'visit', 'external_ids', jsonb_build_array(external_id), 'start', s."start", 'end', s."end",
            'kind', s.kind, 'summary', s.summary,
            'guest', jsonb_build_object('country', guest), 'host', jsonb_build_object('country', host),
            'topics', (SELECT jsonb_agg(jsonb_build_object('topic', t, 'as_printed', t))
                FROM unnest(string_to_array(topics, '; ')) t),
            'delegations', jsonb_build_array(jsonb_build_object(
                'sender', jsonb_build_object('country', guest),
                'members', jsonb_build_array(jsonb_build_object(
                    'head', true, 'as_printed', head || ', ' || head_post, 'name_as_printed', head,
                    'post_as_printed', head_post,
                    'official', jsonb_build_object('name', head, 'country', guest),
                    'post', jsonb_build_object('title', head_post, 'country', guest))))),
            'sources', jsonb_build_array(jsonb_build_object(
                'url', source_url, 'title', source_title, 'published', source_published)),
            'citations', jsonb_build_array(jsonb_build_object(
                'external_id', split_part(external_id, ':', 2), 'file_sha256', %(sha256)s::text, 'row', to_jsonb(s),
                'columns', %(columns)s::jsonb))),
        jsonb_build_array(jsonb_build_object('path', '/delegations/0/members/0', 'printed', head, 'answer', 'one',
            'reasons', jsonb_build_array('same country, same name'), 'candidates', '[]'::jsonb)),
        '[]', '[]', '[{"rule": "trusted-run", "reason": "The load was started with trust."}]', d.id, v.id, now()
    FROM staging s JOIN visits_visit v ON v.uid = md5(external_id)::uuid
    JOIN visits_source d ON d.uid = md5(source_url)::uuid
    """,
    """
    INSERT INTO visits_judgement (kind, candidate_id, run_id, rule, reason, detail)
    SELECT 'accept', id, %(run)s, 'trusted-run', 'The load was started with trust.', '{}'
    FROM visits_candidate WHERE run_id = %(run)s
    """,
)


def load(connection: Any, path: Path, parameters: dict[str, Any], everything: bool) -> None:
    """In one transaction of an open psycopg connection, all constraints checked at its end."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(STAGING)
        with path.open("rb") as stream, cursor.copy(COPY) as copy:
            while chunk := stream.read(2**16):
                copy.write(chunk)
        cursor.execute("ANALYZE staging")
        cursor.execute("SET LOCAL enable_nestloop = off")  # the tables look empty to the planner
        for statement in (*BARE, *(THE_REST if everything else ())):
            cursor.execute(statement, parameters if "%(" in statement else None)

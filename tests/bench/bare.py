# ruff: noqa: E501 - SQL
"""L: a bare WSGI program in which PostgreSQL builds the JSON; nothing is checked, nothing is counted."""

import os
from collections.abc import Callable, Iterable
from threading import local
from typing import Any

import psycopg

_SIDES = """
    json_build_object('code', guest.code, 'name', coalesce(guest.name, body.name), 'organization', body.slug) AS guest,
    json_build_object('code', host.code, 'name', host.name) AS host
"""
_FROM = """
    FROM visits_visit AS v
    LEFT JOIN visits_country AS guest ON guest.code = v.guest_country_id
    LEFT JOIN visits_organization AS body ON body.id = v.guest_organization_id
    JOIN visits_country AS host ON host.code = v.host_country_id
"""
_PARTS = """
    coalesce((
        SELECT json_agg(json_build_object(
            'id', d.id, 'uid', d.uid, 'sender', d.sender_country_id, 'head', (
                SELECT json_build_object('id', o.id, 'name', o.name, 'post', p.title, 'rank', p.rank,
                    'as_printed', m.as_printed)
                FROM visits_member AS m LEFT JOIN visits_official AS o ON o.id = m.official_id
                LEFT JOIN visits_post AS p ON p.id = m.post_id
                WHERE m.delegation_id = d.id AND m.head)
            ) ORDER BY d.position, d.id)
        FROM visits_delegation AS d WHERE d.visit_id = v.id), '[]') AS delegations,
    coalesce((
        SELECT json_agg(json_build_object('slug', t.slug, 'name', t.name, 'as_printed', l.as_printed,
            'modality', l.modality) ORDER BY l.position, l.id)
        FROM visits_topiclink AS l LEFT JOIN visits_topic AS t ON t.id = l.topic_id WHERE l.visit_id = v.id
    ), '[]') AS topics
"""
LIST = f"""
    SELECT json_build_object('results', json_agg(row_to_json(r)))::text FROM (
        SELECT v.id, v.uid, v.title, v.start, v."end", v.earliest, v.latest, v.kind, v.status, {_SIDES}, {_PARTS} {_FROM}
        WHERE v.state = 'published' ORDER BY coalesce(v.earliest, '0001-01-01'::date) DESC, v.id DESC LIMIT 50
    ) AS r
"""
DETAIL = f"""
    SELECT row_to_json(r)::text FROM (
        SELECT v.id, v.uid, v.title, v.start, v."end", v.earliest, v.latest, v.kind, v.kind_as_printed, v.status,
            v.summary, v.changed_at, {_SIDES}, {_PARTS},
            ARRAY(SELECT s.slug || ':' || e.value FROM visits_externalid AS e JOIN visits_source AS s ON s.id = e.dataset_id
                WHERE e.visit_id = v.id) AS external_ids,
            ARRAY(SELECT json_build_object('city', c.name, 'as_printed', p.as_printed) FROM visits_visitplace AS p
                LEFT JOIN visits_city AS c ON c.id = p.city_id WHERE p.visit_id = v.id ORDER BY p.position) AS places,
            ARRAY(SELECT json_build_object('slug', g.slug, 'name', g.name, 'role', l.role) FROM visits_dialoguelink AS l
                LEFT JOIN visits_dialogue AS g ON g.id = l.dialogue_id WHERE l.visit_id = v.id) AS dialogues,
            (SELECT count(*) FROM visits_outcome AS o WHERE o.visit_id = v.id) AS outcomes,
            (SELECT count(*) FROM visits_meetingvisit AS w WHERE w.visit_id = v.id) AS meetings {_FROM}
        WHERE v.state = 'published' AND v.id = %s
    ) AS r
"""
_held = local()


def connected() -> psycopg.Connection[Any]:
    if not hasattr(_held, "connection"):
        _held.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=0)
    return _held.connection


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    key = environ["PATH_INFO"].rstrip("/").rpartition("/")[2]
    statement, parameters = (DETAIL, [int(key)]) if key.isdecimal() else (LIST, [])
    (text,) = connected().execute(statement, parameters).fetchone()
    body = text.encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]

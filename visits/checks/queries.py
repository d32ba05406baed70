"""The queries of the checks. Each gives `target` and `id` (the record that the doubt is about), `others` (the records
that it is about too, as "visit:12"), `facts` (what it rests on: a settled doubt comes back when these change) and the
columns that the registry puts into words. Uncertain bounds are widened, unknown ones are open: honest data pass.
"""

# Who is seen in which post, and when; planned visits that did not happen aside.
_SEEN = """
seen AS (
    SELECT 'member' AS target, m.id, m.official_id, m.post_id, v.earliest, v.latest, v.start AS day
    FROM visits_member m
    JOIN visits_delegation d ON d.id = m.delegation_id
    JOIN visits_visit v ON v.id = d.visit_id
    WHERE v.earliest IS NOT NULL AND v.state <> 'withdrawn' AND v.status NOT IN ('cancelled', 'postponed')
    UNION ALL
    SELECT 'member', m.id, m.official_id, m.post_id, e.earliest, e.latest, e.date
    FROM visits_member m
    JOIN visits_delegation d ON d.id = m.delegation_id
    JOIN visits_meeting e ON e.id = d.meeting_id
    WHERE e.earliest IS NOT NULL AND e.state <> 'withdrawn' AND e.status NOT IN ('cancelled', 'postponed')
    UNION ALL
    SELECT 'participant', p.id, p.official_id, p.post_id, e.earliest, e.latest, e.date
    FROM visits_participant p
    JOIN visits_meeting e ON e.id = p.meeting_id
    WHERE NOT EXISTS (  -- who came with the visit is asked once, there
        SELECT FROM visits_meetingvisit l
        JOIN visits_delegation d ON d.visit_id = l.visit_id
        JOIN visits_member m ON m.delegation_id = d.id
        WHERE l.meeting_id = e.id AND (m.id = p.member_id OR m.official_id = p.official_id)
    ) AND e.earliest IS NOT NULL AND e.state <> 'withdrawn'
      AND e.status NOT IN ('cancelled', 'postponed')
)"""

# Tenures with the days between which they may have been (first, last) and those on which they were for certain;
# what its source gives as uncertain may be a year off.
_HELD = """
bounds AS (
    SELECT t.id, t.official_id, t.post_id, t.start, t."end",
           visits_edtf_earliest(t.start) AS first, visits_edtf_latest(t.start) AS begun,
           visits_edtf_earliest(t."end") AS ending, visits_edtf_latest(t."end") AS last,
           CASE WHEN right(t.start, 1) IN ('?', '~', chr(37)) THEN 366 ELSE 0 END AS start_within,
           CASE WHEN right(t."end", 1) IN ('?', '~', chr(37)) THEN 366 ELSE 0 END AS end_within
    FROM visits_tenure t
),
held AS (
    SELECT id, official_id, post_id, start, "end",
           coalesce(first - start_within, '-infinity') AS first, coalesce(last + end_within, 'infinity') AS last,
           begun + start_within AS surely_from, ending - end_within AS surely_to
    FROM bounds
),
office AS (
    SELECT p.id, p.title, p.country_id,
           CASE WHEN p.country_id IS NOT NULL AND p.rank IN ('head-of-state', 'head-of-government', 'foreign-minister')
                THEN p.country_id || ' ' || p.rank ELSE p.id::text END AS office,
           p.single_holder OR p.rank IN ('head-of-government', 'foreign-minister') AS single
    FROM visits_post p
)"""

POST_NOT_HELD = f"""
WITH {_SEEN}, {_HELD},
own AS (
    SELECT held.*, office.office FROM held JOIN office ON office.id = held.post_id
),
odd AS (
    SELECT seen.*, office.title, office.office, office.single
    FROM seen JOIN office ON office.id = seen.post_id
    WHERE seen.official_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM own
        WHERE own.official_id = seen.official_id AND own.office = office.office
          AND (own.first <= seen.latest AND own.last >= seen.earliest OR own.first > own.last)
    )
)
SELECT odd.target, odd.id, 'own' AS why, o.name, odd.title, odd.day,
       array_agg('tenure:' || own.id ORDER BY own.id) AS others,
       array_agg(own.start || '/' || own."end" ORDER BY own.start, own.id) AS tenures,
       ARRAY[odd.official_id::text, odd.post_id::text, odd.day]
           || array_agg(own.id || ' ' || own.start || '/' || own."end" ORDER BY own.id) AS facts
FROM odd
JOIN own ON own.official_id = odd.official_id AND own.office = odd.office
JOIN visits_official o ON o.id = odd.official_id
GROUP BY odd.target, odd.id, o.name, odd.title, odd.day, odd.official_id, odd.post_id
UNION ALL
SELECT odd.target, odd.id, 'another', o.name, odd.title, odd.day, ARRAY['tenure:' || min(own.id)],
       array_agg(other.name || ' ' || own.start || '/' || own."end" ORDER BY own.id),
       ARRAY[odd.official_id::text, odd.post_id::text, odd.day]
           || array_agg(own.id || ' ' || own.start || '/' || own."end" ORDER BY own.id)
FROM odd
JOIN own ON own.post_id = odd.post_id AND own.official_id <> odd.official_id
     AND own.surely_from < odd.earliest AND own.surely_to > odd.latest
JOIN visits_official o ON o.id = odd.official_id
JOIN visits_official other ON other.id = own.official_id
WHERE odd.single AND NOT EXISTS (
    SELECT FROM own mine WHERE mine.official_id = odd.official_id AND mine.office = odd.office
)
GROUP BY odd.target, odd.id, o.name, odd.title, odd.day, odd.official_id, odd.post_id
"""  # noqa: S608 - no input

# A day inside a stay counts, its first and last day do not: one leaves and arrives on these. A meeting in the course of
# a visit of the same person is compared with that visit alone.
DISTANT_CITIES = """
WITH stays AS (
    SELECT DISTINCT m.official_id, 'visit' AS kind, v.id, v.earliest, v.latest, c.id AS city, c.name,
           radians(c.latitude) AS lat, radians(c.longitude) AS lon, '{}'::bigint[] AS within
    FROM visits_member m
    JOIN visits_delegation d ON d.id = m.delegation_id
    JOIN visits_visit v ON v.id = d.visit_id
    JOIN visits_visitplace p ON p.visit_id = v.id
    JOIN visits_city c ON c.id = p.city_id
    WHERE m.official_id IS NOT NULL AND c.latitude IS NOT NULL AND v.state <> 'withdrawn'
      AND v.status NOT IN ('cancelled', 'postponed')
      AND v.start ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' AND v."end" ~ '^([0-9]{4}-[0-9]{2}-[0-9]{2})?$'
    UNION
    SELECT coalesce(p.official_id, m.official_id), 'meeting', e.id, e.earliest, e.latest, c.id, c.name,
           radians(c.latitude), radians(c.longitude),
           ARRAY(
               SELECT l.visit_id FROM visits_meetingvisit l
               JOIN visits_delegation d ON d.visit_id = l.visit_id
               JOIN visits_member own ON own.delegation_id = d.id
               WHERE l.meeting_id = e.id AND own.official_id = coalesce(p.official_id, m.official_id)
           )
    FROM visits_participant p
    LEFT JOIN visits_member m ON m.id = p.member_id
    JOIN visits_meeting e ON e.id = p.meeting_id
    JOIN visits_city c ON c.id = e.city_id
    WHERE coalesce(p.official_id, m.official_id) IS NOT NULL AND c.latitude IS NOT NULL AND e.state <> 'withdrawn'
      AND e.status NOT IN ('cancelled', 'postponed') AND e.format NOT IN ('phone', 'video')
      AND e.date ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
),
near AS (
    SELECT a.official_id, a.kind, a.id, b.kind AS other_kind, b.id AS other_id,
           a.earliest, a.latest, b.earliest AS other_earliest, b.latest AS other_latest,
           min(a.name) AS city, min(b.name) AS other_city,
           min(2 * 6371 * asin(least(1, sqrt(
               sin((b.lat - a.lat) / 2) ^ 2 + cos(a.lat) * cos(b.lat) * sin((b.lon - a.lon) / 2) ^ 2
           )))) AS km
    FROM stays a
    JOIN stays b ON b.official_id = a.official_id AND (b.kind, b.id) < (a.kind, a.id)
         AND a.earliest <= b.latest AND b.earliest <= a.latest
         AND (a.within = '{}' OR b.kind = 'visit' AND b.id = ANY(a.within))
         AND (b.within = '{}' OR a.kind = 'visit' AND a.id = ANY(b.within))
    GROUP BY a.official_id, a.kind, a.id, b.kind, b.id, a.earliest, a.latest, b.earliest, b.latest
)
SELECT near.kind AS target, near.id, ARRAY[other_kind || ':' || other_id, 'official:' || official_id] AS others,
       o.name, city, other_city, round(km)::int AS km, greatest(earliest, other_earliest)::text AS day,
       ARRAY[official_id::text, earliest::text, latest::text, other_kind || other_id, other_earliest::text,
             other_latest::text, city, other_city] AS facts
FROM near JOIN visits_official o ON o.id = official_id
WHERE km > 1000 AND (
    greatest(earliest, other_earliest) < least(latest, other_latest)
    OR earliest < other_earliest AND other_latest < latest
    OR other_earliest < earliest AND latest < other_latest
    OR km > 6000 AND earliest = latest AND other_earliest = other_latest
)
"""

OUTSIDE_ITS_VISIT = r"""
SELECT 'meeting' AS target, e.id, ARRAY['visit:' || v.id] AS others, e.title, e.date, v.start, v."end",
       ARRAY[e.date, v.id::text, v.start, v."end"] AS facts
FROM visits_meetingvisit l
JOIN visits_meeting e ON e.id = l.meeting_id
JOIN visits_visit v ON v.id = l.visit_id
WHERE e.state <> 'withdrawn' AND v.state <> 'withdrawn' AND (
    e.latest < v.earliest OR e.earliest > v.latest
    OR e.date ~ '^XXXX-\d\d-\d\d$' AND v.start ~ '^XXXX-\d\d-\d\d$' AND v."end" ~ '^(XXXX-\d\d-\d\d)?$'
       AND v.start <= coalesce(nullif(v."end", ''), v.start)
       AND e.date NOT BETWEEN v.start AND coalesce(nullif(v."end", ''), v.start)
)
"""

VISIT_TO_ITSELF = """
SELECT 'visit' AS target, v.id, ARRAY[]::text[] AS others, c.name, ARRAY[v.guest_country_id] AS facts
FROM visits_visit v JOIN visits_country c ON c.code = v.guest_country_id
WHERE v.guest_country_id = v.host_country_id AND v.host_organization_id IS NULL AND v.state <> 'withdrawn'
"""

# The day on which one hands over to the next belongs to both.
OVERLAPPING_TENURES = f"""
WITH {_HELD}
SELECT 'tenure' AS target, b.id, ARRAY['tenure:' || a.id, 'post:' || a.post_id] AS others,
       one.name, other.name AS other_name, office.title, a.start AS other_start, a."end" AS other_end, b.start, b."end",
       ARRAY[a.id::text, a.start, a."end", b.start, b."end"] AS facts
FROM held a
JOIN held b ON b.post_id = a.post_id AND (b.surely_from, b.id) > (a.surely_from, a.id)
JOIN office ON office.id = a.post_id AND office.single
JOIN visits_official one ON one.id = b.official_id
JOIN visits_official other ON other.id = a.official_id
WHERE b.surely_from < a.surely_to AND a.surely_from < coalesce(b.surely_to, b.surely_from + 1)
"""  # noqa: S608 - no input

# A country and those that followed it count as one.
TWO_COUNTRIES = """
WITH RECURSIVE heirs (old, heir) AS (
    SELECT from_country_id, to_country_id FROM visits_country_successors
    UNION
    SELECT heirs.old, s.to_country_id FROM heirs JOIN visits_country_successors s ON s.from_country_id = heirs.heir
),
acts (official_id, country) AS (
    SELECT id, country_id FROM visits_official WHERE country_id IS NOT NULL
    UNION SELECT t.official_id, p.country_id FROM visits_tenure t JOIN visits_post p ON p.id = t.post_id
    UNION SELECT m.official_id, d.sender_country_id
          FROM visits_member m JOIN visits_delegation d ON d.id = m.delegation_id
    UNION SELECT m.official_id, p.country_id FROM visits_member m JOIN visits_post p ON p.id = m.post_id
    UNION SELECT r.official_id, r.side_country_id FROM visits_participant r
    UNION SELECT r.official_id, p.country_id FROM visits_participant r JOIN visits_post p ON p.id = r.post_id
)
SELECT 'official' AS target, a.official_id AS id, ARRAY[]::text[] AS others, o.name,
       array_agg(DISTINCT one.name) || array_agg(DISTINCT two.name) AS countries,
       array_agg(a.country || ' ' || b.country ORDER BY a.country, b.country) AS facts
FROM acts a
JOIN acts b ON b.official_id = a.official_id AND a.country < b.country
JOIN visits_official o ON o.id = a.official_id
JOIN visits_country one ON one.code = a.country
JOIN visits_country two ON two.code = b.country
WHERE NOT EXISTS (SELECT FROM heirs WHERE (old, heir) IN ((a.country, b.country), (b.country, a.country)))
GROUP BY a.official_id, o.name
"""

# The same guest, host, days and head: and of two rows of one list also the same places, or nearly the same words.
LIKELY_DOUBLE = """
WITH stays AS (
    SELECT v.id, v.guest_country_id, v.guest_organization_id, v.host_country_id, v.earliest, v.latest, v.start, v."end",
           v.summary,
           (SELECT min(coalesce(m.official_id::text, m.name_as_printed))
            FROM visits_delegation d JOIN visits_member m ON m.delegation_id = d.id AND m.head
            WHERE d.visit_id = v.id AND (m.official_id IS NOT NULL OR m.name_as_printed <> '')) AS head,
           (SELECT array_agg(DISTINCT coalesce(p.city_id::text, lower(p.as_printed)))
            FROM visits_visitplace p WHERE p.visit_id = v.id) AS places,
           (SELECT coalesce(array_agg(x.dataset_id), '{}') FROM visits_externalid x WHERE x.visit_id = v.id) AS lists
    FROM visits_visit v
    WHERE v.earliest IS NOT NULL AND v.state <> 'withdrawn'
)
SELECT 'visit' AS target, b.id, ARRAY['visit:' || a.id] AS others, b.start, b."end",
       ARRAY[a.id::text, a.start, a."end", b.start, b."end", a.head] AS facts
FROM stays a
JOIN stays b ON b.id > a.id AND b.host_country_id = a.host_country_id AND b.head = a.head
     AND b.guest_country_id IS NOT DISTINCT FROM a.guest_country_id
     AND b.guest_organization_id IS NOT DISTINCT FROM a.guest_organization_id
     AND a.earliest <= b.latest AND b.earliest <= a.latest
WHERE CASE WHEN a.lists && b.lists
    THEN a.start = b.start AND a."end" = b."end" AND (a.places IS NOT DISTINCT FROM b.places OR a.places IS NULL
         OR b.places IS NULL) AND (a.places IS NOT NULL AND b.places IS NOT NULL OR a.summary = '' OR b.summary = ''
         OR similarity(a.summary, b.summary) > 0.5)
    ELSE a.places IS NULL OR b.places IS NULL OR a.places && b.places
    END
"""

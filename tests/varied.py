"""A varied set of records, as data: whatever a record can hold stands in one of them."""

import io
import json
from typing import Any

from django.core.management import call_command

from tests.world import make_country, make_dialogue, make_organization, make_topic
from visits import loads
from visits.models import ImportRun
from visits.record import uid_for

UID = "00000000-0000-4000-8000-0000000000{:02x}".format
TEXT = "Minister Ada Lind came to Tokyo on 22 January 2024. A plan was proposed; hydrogen was discussed."


def quote(exact: str, **values: Any) -> dict[str, Any]:
    start = TEXT.index(exact)
    return {"exact": exact, "start": start, "end": start + len(exact), **values}


def person(name: str, post: str = "", country: str = "TM", **values: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"as_printed": f"{post} {name}".strip(), "name_as_printed": name, "post_as_printed": post}
    if post:
        found["post"] = {"title": post, "country": country}
    return {**found, "official": {"name": name, "country": country}, **values}


RECORDS: list[dict[str, Any]] = [
    {
        "type": "official",
        "uid": UID(1),
        "external_ids": ["people:1"],
        "name": "Ada Lind",
        "country": "TM",
        "wikidata": "Q42",
        "other_names": [
            {"text": "A. Lind", "script": "Latn"},
            {"text": "Ада Линд", "language": "ru", "script": "Cyrl"},
            {
                "text": "Ada Berg; the elder | so called", "kind": "former", "script": "Latn",
                "start": "1990", "end": "2001-05",
            },
        ],
    },
    {
        "type": "tenure",
        "uid": UID(2),
        "official": {"uid": UID(1), "name": "Ada Lind", "country": "TM"},
        "post": {
            "title": "Minister of Energy",
            "rank": "minister",
            "country": "TM",
            "organization": {"name": "Ministry of Energy", "kind": "ministry", "country": "TM"},
        },
        "start": "2021",
        "end": "2024-06",
    },
    {
        "type": "visit",
        "uid": UID(3),
        "external_ids": ["list:1", "other-list:a;b"],
        "title": "=Minister of Energy in Japan",
        "start": "2024-01-22",
        "end": "2024-01-23",
        "kind": "official",
        "kind_as_printed": "Official visit",
        "status": "completed",
        "guest": {"country": "TM", "as_printed": "Turkmenistan"},
        "host": {"country": "JP"},
        "places": [{"as_printed": "Tokyo", "city": "Tokyo", "country": "JP"}, {"as_printed": "a resort; by the sea"}],
        "summary": "Talks about hydrogen, “green” and other. " * 30,
        "delegations": [
            {
                "sender": {"country": "TM"},
                "members": [
                    {**person("Ada Lind", "Minister"), "head": True, "official": {"uid": UID(1)}},
                    person("Merdan Orazow", "Deputy Minister: Energy | Water"),
                    {"as_printed": "an aide"},
                ],
            },
            {
                "sender": {"organization": {"slug": "eu"}, "as_printed": "the Union"},
                "members": [{**person("Jean Dupont", "Envoy", "FR"), "head": True}],
            },
        ],
        "topics": [
            {"topic": "hydrogen", "as_printed": "H2", "modality": "agreed"},
            {"as_printed": "peace; and security: both"},
            {"topic": "trade"},
        ],
        "dialogues": [{"dialogue": "central-asia-japan", "role": "session"}, {"as_printed": "Some other forum"}],
        "outcomes": [
            {"kind": "plan", "modality": "proposed", "title": "Summit of leaders", "due": "2025", "life": "fulfilled",
             "fulfilled_by": UID(5), "dialogue": "central-asia-japan"},
            {"kind": "agreement", "modality": "signed", "title": "Agreement [no. 3]"},
        ],
        "meetings": [
            {
                "uid": UID(4),
                "title": "Talks",
                "date": "2024-01-22",
                "format": "in-person",
                "venue_country": "JP",
                "place": {"as_printed": "the ministry", "city": "Tokyo", "country": "JP"},
                "participants": [
                    person("Ken Mori", "Minister of Industry", "JP", side={"country": "JP"}),
                    {"as_printed": "a banker", "side": {"organization": {"name": "Bank of Asia"}}},
                ],
                "topics": [{"topic": "green-hydrogen", "modality": "proposed"}],
                "outcomes": [{"kind": "memorandum", "title": "Memorandum", "fulfilled_by": UID(6)}],
            }
        ],
        "trip": {"title": "Asia 2024", "position": 2},
        "sources": [
            {"title": "A story", "publisher": "News", "url": "https://example.org/1", "language": "en",
             "published": "2024-01-24", "text": TEXT, "free_to_show": True},
            {"title": "Another story", "url": "https://example.org/2"},
        ],
        "citations": [
            quote("22 January 2024", field="start"),
            quote("Minister Ada Lind", target="/delegations/0/members/0", rule="title", confidence=0.9),
            quote("hydrogen was discussed", target="/topics/0"),
            quote("A plan was proposed", target="/outcomes/0", attributed_to="the Ministry"),
            {"source": 1, "exact": "They met.", "target": "/meetings/0", "prefix": "On Monday. ", "suffix": " Then"},
        ],
    },
    {
        "type": "visit",
        "uid": UID(5),
        "start": "2025-03",
        "kind": "summit",
        "status": "planned",
        "guest": {"country": "TM"},
        "host": {"country": "JP"},
        "accompanies": UID(3),
        "trip": {"title": "Asia 2024", "position": 1},
        "delegations": [{"sender": {"organization": {"name": "Ministry of Energy", "country": "TM"}},
                         "members": [{**person("Guljan Ata", "Minister of Energy"), "head": True}]}],
    },
    {
        "type": "meeting",
        "uid": UID(6),
        "external_ids": ["list:m6"],
        "title": "Ministers by video",
        "date": "2024-05",
        "format": "video",
        "status": "completed",
        "venue_country": "US",
        "place": {"city": "New York", "country": "US", "as_printed": "a hotel"},
        "participants": [
            person("Ada Lind", "Minister", side={"country": "TM", "as_printed": "the Turkmen side"}),
            person("Ken Mori", "Minister of Industry", "JP", side={"country": "JP"}),
        ],
        "delegations": [{"sender": {"country": "UZ"}, "members": [person("Olim Sodiq", "Adviser", "UZ")]}],
        "topics": [{"topic": "energy"}],
        "summary": "By video.",
    },
    {
        "type": "visit",
        "uid": UID(7),
        "start": "XXXX-01-22",
        "guest": {"organization": {"slug": "eu"}, "as_printed": "the EU"},
        "host": {"country": "UZ", "as_printed": "Uzbek SSR"},
        "summary": "Nothing, known",
    },
    {
        "type": "visit",
        "uid": UID(8),
        "start": "201X",
        "guest": {"organization": {"name": "Ministry of Energy", "country": "TM", "kind": "ministry"}},
        "host": {"country": "SUHH"},
        "topics": [{"as_printed": "agreed: in principle"}],
        "delegations": [{"sender": {"country": "TM"}, "members": [{"as_printed": "an aide"}] * 2}],
    },
]  # fmt: skip


def make_reference() -> None:
    """The countries, organizations, topics and dialogues that the records name."""
    for code in ("TM", "JP", "UZ", "US", "FR", "SUHH"):
        make_country(code)
    for slug in ("hydrogen", "green-hydrogen", "trade", "energy"):
        make_topic(slug)
    make_organization("eu", uid=uid_for("organization", "eu"))
    make_dialogue("central-asia-japan")


def load(name: str, content: bytes, **options: Any) -> ImportRun:
    return loads.run_load(loads.create_run([(name, content)], user=None, **{"trust": True, **options}).pk)


def export(*args: str) -> str:
    out = io.StringIO()
    call_command("export_visits", *args, stdout=out)
    return out.getvalue()


def make_varied() -> None:
    """All of them, published."""
    make_reference()
    run = load("varied.jsonl", "".join(json.dumps(one) + "\n" for one in RECORDS).encode())
    assert (run.rejected, run.review, run.created) == (0, 0, len(RECORDS)), loads.report(run)

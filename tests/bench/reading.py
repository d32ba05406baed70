# ruff: noqa: E501 - SQL
"""`python -m tests.bench.reading PART`: how long the tracker of DATABASE_URL takes to answer; prints figures as JSON.

All requests go through the whole stack of middleware, in this process.
"""

import contextlib
import gc
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import django

from . import bare
from .asking import Program, Times, ask, in_turns

TIMES = int(os.environ.get("TRACKER_BENCH_TIMES") or 20)
FIELDS = "id,uid,title,start,end,earliest,latest,kind,status,host,guest,delegations,topics"
Figure = tuple[str, str, str]


def start() -> Program:
    """The tracker, set up as its web server does it, with the stock views beside it."""
    os.environ["TRACKER_RATE_VISITOR"] = "1000000/minute"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tracker.settings"
    from django.conf import settings

    settings.ROOT_URLCONF = "tests.bench.stock"
    settings.TEMPLATES[0]["DIRS"].append(Path(__file__).parent / "templates")
    django.setup()
    from tracker.gunicorn import post_worker_init
    from tracker.wsgi import application

    ask(application, "/")
    ask(application, "/visits/")
    post_worker_init(None)
    assert gc.get_freeze_count()
    bared = bare.connected().info.backend_pid
    come_first(("self", one_of("SELECT pg_backend_pid()"), bared))
    return application


def come_first(processes: Iterable[Any]) -> None:
    """Other work on the machine comes behind."""
    for process in processes:
        with contextlib.suppress(OSError):
            Path(f"/proc/{process}/autogroup").write_text("-20")


def rows_of(statement: str) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def one_of(statement: str) -> Any:
    return rows_of(statement)[0][0]


def said(times: Times) -> str:
    return f"p95 {times.p95:.1f} ms"


# parts


def beside(program: Program) -> Iterator[Figure]:
    """Lists and details beside the bare program and stock code."""
    middle = one_of(
        "SELECT id FROM visits_meetingvisit ORDER BY id OFFSET (SELECT count(*) / 2 FROM visits_meetingvisit) LIMIT 1"
    )
    works = {
        "list": ("/api/v1/visits/?fields=" + FIELDS, "/visits/", "/stock/api/visits/"),
        "detail": (f"/api/v1/visits/{middle}/", f"/visits/{middle}/", f"/stock/api/visits/{middle}/"),
    }
    for name, (ours, bared, stock) in works.items():
        found = in_turns(
            {
                "ours": lambda ours=ours: ask(program, ours),
                "bare": lambda bared=bared: ask(bare.application, bared),
                "stock": lambda stock=stock: ask(program, stock),
            },
            TIMES * 3,
        )
        mine = found["ours"]
        yield f"{name} as JSON", str(mine), f"{said(mine)}, p95/p50 {mine.p95 / mine.p50:.1f}"
        for other in ("bare", "stock"):
            yield f"{name} as JSON: {other}", str(found[other]), said(found[other])
        aims = ("aim 0.4", "aim 9") if name == "list" else ("aim 0.4", "aim 8")
        yield f"{name} as JSON: L's time / ours", f"{found['bare'].p50 / mine.p50:.2f}", aims[0]
        yield f"{name} as JSON: stock's time / ours", f"{found['stock'].p50 / mine.p50:.1f}", aims[1]
    found = in_turns(
        {
            "ours": lambda: ask(program, "/visits/"),
            "stock": lambda: ask(program, "/stock/visits/"),
        },
        TIMES * 2,
    )
    yield "list page in HTML", str(found["ours"]), said(found["ours"])
    yield "list page: stock ListView", str(found["stock"]), said(found["stock"])
    yield "list page: stock's time / ours", f"{found['stock'].p50 / found['ours'].p50:.1f}", "aim 3"


def behind_gunicorn(program: Program) -> Iterator[Figure]:
    """The same lists and details as requests a second, beside the bare program behind the same server."""
    from .served import served

    middle = one_of("SELECT id FROM visits_visit ORDER BY id OFFSET (SELECT count(*) / 2 FROM visits_visit) LIMIT 1")
    works = {
        "list": ("/api/v1/visits/?fields=" + FIELDS, "/visits/"),
        "detail": (f"/api/v1/visits/{middle}/", f"/visits/{middle}/"),
    }
    with served("tracker.wsgi:application") as ours, served("tests.bench.bare:application") as bared:
        for name, (address, other) in works.items():
            in_turns({"ours": lambda a=address: ours(a), "bare": lambda a=other: bared(a)}, 40)
            come_first(pid for (pid,) in rows_of("SELECT pid FROM pg_stat_activity WHERE datname = current_database()"))
            found = in_turns({"ours": lambda a=address: ours(a), "bare": lambda a=other: bared(a)}, TIMES * 10)
            for which, times in found.items():
                yield f"{name} behind gunicorn: {which}", f"{1000 / times.p50:.0f} a second", said(times)
            yield f"{name} behind gunicorn: ours / L's", f"{found['bare'].p50 / found['ours'].p50:.2f}", "aim 0.4"


def places() -> dict[str, Any]:
    """What there is most of."""
    return {
        "guest": one_of("SELECT guest_country_id FROM visits_visit WHERE guest_country_id > '' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"),
        "host": one_of("SELECT host_country_id FROM visits_visit GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"),
        "pair": one_of("SELECT least(guest_country_id, host_country_id) || '-' || greatest(guest_country_id, host_country_id) FROM visits_visit WHERE guest_country_id > '' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"),
        "official": one_of("SELECT official_id FROM visits_member WHERE official_id > 0 GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"),
        "post": one_of("SELECT post_id FROM visits_member WHERE post_id > 0 GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"),
        "topic": one_of("SELECT slug FROM visits_topic WHERE parent_id IS NULL ORDER BY (SELECT count(*) FROM visits_topiclink JOIN visits_topic AS t ON t.id = topic_id WHERE t.parent_id = visits_topic.id OR t.id = visits_topic.id) DESC LIMIT 1"),
        "dialogue": one_of("SELECT slug FROM visits_dialoguelink JOIN visits_dialogue AS d ON d.id = dialogue_id GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"),
        "organization": one_of("SELECT guest_organization_id FROM visits_visit WHERE guest_organization_id > 0 GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"),
        "source": one_of("SELECT source_id FROM visits_citation WHERE row IS NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"),
        "dataset": one_of("SELECT source_id FROM visits_citation WHERE row IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"),
        "visit": one_of("SELECT id FROM visits_meetingvisit ORDER BY id LIMIT 1"),
        "outcome": one_of("SELECT id FROM visits_outcome ORDER BY id LIMIT 1"),
        "words": [word for (word,) in rows_of("SELECT split_part(summary, ' ', 3) FROM visits_visit ORDER BY md5(id::text) LIMIT 40")],
        "names": [word for (word,) in rows_of("SELECT name FROM visits_official ORDER BY md5(id::text) LIMIT 20")],
    }  # fmt: skip


def page_of(model: str, pk: int) -> str:
    from visits import models

    found: str = getattr(models, model).objects.get(pk=pk).get_absolute_url()
    return found


def deep_cursor() -> str:
    from visits import paging

    key, pk = rows_of(
        "SELECT coalesce(earliest, '0001-01-01'), id FROM visits_visit WHERE state = 'published' "
        "ORDER BY 1 DESC, 2 DESC OFFSET (SELECT count(*) * 99 / 100 FROM visits_visit) LIMIT 1"
    )[0]
    return paging.encode(paging.NEWEST, False, key, pk)


def lists_of(known: dict[str, Any]) -> dict[str, str]:
    deep = deep_cursor()
    return {
        "first": "",
        "deep (99 %)": f"cursor={deep}",
        "oldest first": "ordering=start",
        "host": f"host={known['host']}",
        "guest or host": f"country={known['guest']}",
        "pair": f"pair={known['pair']}",
        "topic with narrower": f"topic={known['topic']}",
        "rare topic": "topic=hydrogen-transport",
        "official": f"official={known['official']}",
        "dates": "from=1961-03&to=1961-05",
        "dates of 30 years": "from=1990&to=2020",
        "host and dates": f"host={known['host']}&from=2000&to=2010",
        "host and topic": f"host={known['host']}&topic={known['topic']}",
        "region": "region=central-asia",
        "post_rank": "post_rank=head-of-state",
        "kind": "kind=state",
        "status": "status=planned",
        "year": "year=2001",
        "year and topic": f"year=2001&topic={known['topic']}",
        "multilateral": "multilateral=true",
        "not multilateral": "multilateral=false",
        "modality": "modality=signed",
        "dialogue": f"dialogue={known['dialogue']}",
        "source": f"source={known['dataset']}",
        "dataset": "dataset=generated-1",
        "corroboration": "corroboration=single",
        "common word": "q=Talks",
        "rare word": f"q={known['words'][0]}",
        "name": f"q={known['names'][0].split()[1]}",
    }


def filtered(program: Program) -> Iterator[Figure]:
    """Lists by each filter: as JSON, as a page, and the facets beside it."""
    for name, query in lists_of(places()).items():
        faces = {
            "API": f"/api/v1/visits/?{query}",
            "page": f"/visits/?{query}",
            "facets": "/visits/narrow/?" + ("" if "cursor" in query else query),
        }
        for face, address in faces.items():
            yield timed(program, f"{face}: {name}", address)


def timed(program: Program, name: str, address: str, times: int = TIMES) -> Figure:
    import time

    began = time.perf_counter()
    ask(program, address)
    first = time.perf_counter() - began
    # what takes long is asked less often
    times = max(3, min(times, int(6 / max(first, 0.001))))
    found = in_turns({name: lambda: ask(program, address)}, times, warm=min(6, times) if first < 1 else 0)[name]
    return name, str(found), said(found)


def pages(program: Program) -> Iterator[Figure]:
    known = places()
    one, other = known["pair"].split("-")
    addresses = {
        "home": "/",
        "visit": page_of("Visit", known["visit"]),
        "meeting": page_of("Meeting", known["visit"]),
        "official": page_of("Official", known["official"]),
        "post": page_of("Post", known["post"]),
        "organization": page_of("Organization", known["organization"]),
        "country": f"/countries/{known['guest']}/",
        "small country": "/countries/TV/",
        "compare": f"/countries/compare/?country={known['guest']}&country={known['host']}&country={one}&country={other}",
        "pair": f"/relations/{known['pair']}/",
        "brief": f"/relations/{known['pair']}/brief/",
        "topic": f"/topics/{known['topic']}/",
        "dialogue": f"/dialogues/{known['dialogue']}/",
        "outcome": f"/outcomes/{known['outcome']}/",
        "source": f"/sources/{known['source']}/",
        "data set": f"/sources/{known['dataset']}/",
        "countries": "/countries/",
        "officials": "/officials/",
        "officials ?q=": f"/officials/?q={known['names'][0].split()[1]}",
        "officials ?q= common": "/officials/?q=Muhammad",
        "posts": "/posts/",
        "organizations": "/organizations/",
        "topics": "/topics/",
        "dialogues": "/dialogues/",
        "meetings": "/meetings/",
        "meetings ?country=": f"/meetings/?country={known['guest']}",
        "meetings ?pair=": f"/meetings/?pair={known['pair']}",
        "outcomes": "/outcomes/",
        "outcomes ?overdue=": "/outcomes/?overdue=true",
        "outcomes ?country=": f"/outcomes/?country={known['guest']}",
        "facets of everything": "/visits/narrow/",
    }
    for view in ("map", "timeline", "matrix", "network"):
        addresses[f"{view} of everything"] = f"/visits/?view={view}"
        addresses[f"{view} of a host"] = f"/visits/?view={view}&host={known['host']}"
        addresses[f"{view} of a pair"] = f"/visits/?view={view}&pair={known['pair']}"
    for name, address in addresses.items():
        yield timed(program, name, address)


def search(program: Program) -> Iterator[Figure]:
    known = places()
    kinds = {
        "a common word": ["Talks"] * 5,
        "words of visits": known["words"],
        "names": known["names"],
        "family names": [name.split()[1] for name in known["names"]],
        "two words": [f"{one} {other}" for one, other in zip(known["words"][:20], known["words"][20:], strict=True)],
        "countries": ["Turkmenistan", "France", "China", "US"],
        "nothing": ["qwxrty", "plmkjx"],
        "a name that many have": ["Muhammad"] * 3,
    }
    from . import asking

    for kind, texts in kinds.items():
        taken = []
        for text in texts:
            found = in_turns({text: lambda text=text: ask(program, f"/search/?q={text.replace(' ', '+')}")}, 2, warm=1)
            taken.append(found[text].p50)
        times = asking.of(taken) if len(taken) > 1 else Times(taken[0], taken[0])
        yield f"search: {kind}", str(times), said(times) + f", worst {max(taken):.1f} ms"


def datasette(program: Program) -> Iterator[Figure]:
    """Its table of 50 visits in HTML, over a copy of what the list shows, beside our page."""
    from .datasette_way import ask_datasette, copy

    with tempfile.TemporaryDirectory() as folder:
        asked = ask_datasette(copy(Path(folder) / "visits.db"))
        found = in_turns({"ours": lambda: ask(program, "/visits/"), "datasette": asked}, TIMES * 2)
    yield "list page: Datasette's table", str(found["datasette"]), said(found["datasette"])
    yield "list page: Datasette's time / ours", f"{found['datasette'].p50 / found['ours'].p50:.1f}", "aim 4"


PARTS = {
    "datasette": datasette,
    "beside": beside,
    "served": behind_gunicorn,
    "filtered": filtered,
    "pages": pages,
    "search": search,
}

if __name__ == "__main__":
    running = start()
    for figure in PARTS[sys.argv[1]](running):
        print(json.dumps(figure), flush=True)

"""Stories of our own about one visit: of the guest, of the host, a wire and its copy, a third party, another head."""

import json
from typing import Any

from tests.world import make_country, make_topic
from visits import loads
from visits.models import Candidate, ImportRun
from visits.review import decide

GUEST = (
    "Norwegian Prime Minister Ola Berg visited Chile on 4-5 March 2024.\n\n"
    "He met with Luis Vega, the President of Chile. They discussed hydrogen and fisheries."
)
HOST = (
    "The President of Chile, Luis Vega, received the Prime Minister of Norway, Ola Berg, in Santiago.\n\n"
    "The Prime Minister of Norway Ola Berg visited Chile on 4-5 March 2024. "
    "They discussed hydrogen and education."
)
THIRD = (
    "Norwegian Prime Minister Ola Berg visited Chile on March 4. "
    "In Santiago he met with Luis Vega, the President of Chile. They discussed trade."
)
OTHER_HEAD = (
    "Norwegian Foreign Minister Kari Dal visited Chile on 5 March 2024. "
    "She met with Ana Rojas, the Minister of Trade of Chile. They discussed trade."
)
WIRE = (
    "OSLO (Our Wire) - Norwegian Prime Minister Ola Berg visited Chile on 4-5 March 2024, according to the Ministry of "
    "Foreign Affairs of Norway. He met with Luis Vega, the President of Chile. They discussed hydrogen. "
    "The two sides also looked at a plan for a line of ships that would carry ammonia from Punta Arenas to Bergen, "
    "which companies of both countries have been working on since last autumn. "
    "A group of students from Bergen sang at the reception that closed the first day of the visit."
)
COPY = (
    ("The Evening Post, page 4\n\nBy our correspondent\n\n" + WIRE.removeprefix("OSLO (Our Wire) - "))
    .replace("The two sides also looked", "Both sides also looked")
    .rpartition(" A group")[0]
)
PUBLISHERS = {
    GUEST: "Ministry of Foreign Affairs of Norway",
    HOST: "Government of Chile",
    THIRD: "The Daily Comet",
    OTHER_HEAD: "The Daily Comet",
    WIRE: "Our Wire",
    COPY: "The Evening Post",
}


def make_places() -> None:
    for code, name, demonym in (("NO", "Norway", "Norwegian"), ("CL", "Chile", "Chilean")):
        country = make_country(code)
        country.name, country.demonyms = name, [demonym]
        country.save()
    for slug in ("hydrogen", "oceans", "education", "trade"):
        make_topic(slug)


def load(text: str, trust: bool = False, **about: Any) -> ImportRun:
    """A load of one story, as JSON with who published it."""
    story = {"text": text, "publisher": PUBLISHERS.get(text, ""), "title": text[:60], "published": "2024-03-06"}
    content = json.dumps(story | about).encode()
    return loads.run_load(loads.create_run([("story.json", content)], user=None, trust=trust).pk)


def proposed(text: str, **about: Any) -> Candidate:
    return load(text, **about).candidates.get()


def accepted(text: str, user: Any, **about: Any) -> Candidate:
    candidate = proposed(text, **about)
    decide.accept(candidate, user)
    candidate.refresh_from_db()
    return candidate

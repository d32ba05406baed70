"""`python -m tests.bench.finders fill|measure`: officials to be found, and how long that takes."""

import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import django

TRIES = 40
_ONSETS = ["b", "d", "f", "g", "k", "l", "m", "n", "r", "s", "t", "v", "z", "kh", "sh", "zh", "j", "ch", "br", "st"]
_VOWELS = ["a", "e", "i", "o", "u"]
_ENDS = ["ov", "ev", "ova", "eva", "in", "yan", "shvili", "adze", "oglu", "bayev", "ski", "enko", "sen", "ini"]
_CYRILLIC = [("shch", "щ"), ("kh", "х"), ("sh", "ш"), ("zh", "ж"), ("ch", "ч"), ("ya", "я"), ("ye", "е"), ("yu", "ю")]
_LETTERS = dict(zip("abcdefghijklmnopqrstuvwxyz", "абкдефгхийклмнопкрстуввксиз", strict=False)) | {"j": "дж", "y": "й"}
_OTHERWISE = [("kh", "h"), ("sh", "ş"), ("zh", "ž"), ("ch", "ç"), ("v", "w"), ("y", "ý")]
_COMMON = "Muhammad"  # 8 of 100
_COUNTRIES = ("Japan", "Туркменистан", "Alemania", "visits to US")
_SHORT = "Li"  # 1 of 100


def _word(chance: random.Random, parts: int) -> str:
    return "".join(chance.choice(_ONSETS) + chance.choice(_VOWELS) for _ in range(parts))


def _name(number: int) -> tuple[str, str, str]:
    """First name, patronymic, family name; the same for the same number."""
    chance = random.Random(number)
    first = _COMMON if number % 12 == 0 else _word(chance, 2).title()
    family = _SHORT if number % 100 == 1 else (_word(chance, 2) + chance.choice(_ENDS)).title()
    return first, _word(chance, 2).title() + "ovich", family


def _replaced(text: str, pairs: Any) -> str:
    text = text.lower()
    for latin, other in pairs:
        text = text.replace(latin, other)
    return text.title()


def _in_cyrillic(text: str) -> str:
    return _replaced(_replaced(text, _CYRILLIC), _LETTERS.items())


def _misspelt(name: str) -> str:
    """One letter of the family name is another one."""
    first, family = name.split()
    place = len(family) // 2
    return f"{first} {family[:place]}{'u' if family[place] != 'u' else 'a'}{family[place + 1 :]}"


def fill(officials: int) -> None:
    from django.db import connection

    from visits import names, scripts
    from visits.models import Country, Delegation, Member, Official, OfficialName, Visit
    from visits.models.copying import copy_rows
    from visits.record import uid_for

    codes = list(Country.objects.order_by("code").values_list("code", flat=True))

    def key_of(text: str) -> dict[str, str]:
        return {"text": text, "key": names.search_key(text)}

    rows, others = [], []
    for number in range(officials):
        first, father, family = _name(number)
        name = f"{first} {family}"
        rows.append({
            "uid": uid_for("bench", str(number)), "name": name, "key": names.search_key(name),
            "country_id": codes[number % len(codes)],
        })  # fmt: skip
        texts = [_in_cyrillic(f"{first} {father} {family}"), _replaced(name, _OTHERWISE)]
        texts += [f"{family.upper()}, {first[0]}."] if number % 3 == 0 else []
        others.append(dict.fromkeys(texts))
    ids = copy_rows(Official, rows)
    spelt = [
        key_of(text) | {"official_id": pk, "script": scripts.script_of(text)}
        for pk, texts in zip(ids, others, strict=True)
        for text in texts
    ]
    copy_rows(OfficialName, spelt)
    members = iter(ids)
    size = 50
    visits = copy_rows(
        Visit,
        [
            {
                "uid": uid_for("bench-visit", str(n)),
                "guest_country_id": "TM",
                "host_country_id": "JP",
                "state": "published",
            }
            for n in range(officials // size)
        ],
    )
    delegations = copy_rows(
        Delegation,
        [
            {"uid": uid_for("bench-delegation", str(n)), "visit_id": pk, "sender_country_id": "TM"}
            for n, pk in enumerate(visits)
        ],
    )
    copy_rows(
        Member,
        [
            {"delegation_id": pk, "official_id": official, "as_printed": "", "position": place}
            for pk in delegations
            for place, official in enumerate(islice(members, size))
        ],
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def queries(officials: int) -> dict[str, list[tuple[str, int | None]]]:
    """By kind: what is typed, and the number of the official who is meant (None: any)."""
    chance = random.Random(7)
    numbers = [n for n in chance.sample(range(officials), TRIES * 3) if n % 12 and n % 100 != 1][:TRIES]
    plain = [(f"{first} {family}", n) for n in numbers for first, _father, family in [_name(n)]]
    return {
        "exact": plain,
        "one letter wrong": [(_misspelt(name), n) for name, n in plain],
        "in Cyrillic, of a Latin name": [(_in_cyrillic(name), n) for name, n in plain],
        "another transliteration": [(_replaced(name, _OTHERWISE), n) for name, n in plain],
        "family name first": [(f"{name.split()[1].upper()} {name.split()[0]}", n) for name, n in plain],
        "with the patronymic": [(" ".join(_name(n)), n) for _typed, n in plain],
        "family name alone": [(name.split()[1], n) for name, n in plain],
        "four letters": [(name.split()[1][:4], None) for name, _n in plain],
        f"a common word ({_COMMON})": [(_COMMON, None)] * TRIES,
        f"a very short word ({_SHORT})": [(_SHORT, None)] * TRIES,
        "one letter (A)": [("A", None)] * TRIES,
        "two letters": [(name.split()[1][:2], None) for name, _n in plain],
        "a country and a year": [(f"{country} 19{chance.randrange(20, 99)}", None) for country in _COUNTRIES] * 10,
        "nobody's name": [(f"Qwxrty{chance.randrange(100)} Plmkj", None) for _ in range(TRIES)],
    }


def measure() -> Iterator[tuple[str, str, str]]:
    from django.contrib.auth.models import User
    from django.test import Client
    from django.urls import reverse

    from visits import lookup
    from visits.models import Official

    total = Official.objects.count()
    found: dict[str, list[int]] = {}
    numbers = {pk: n for n, pk in enumerate(Official.objects.order_by("pk").values_list("pk", flat=True))}
    visitor, editor = Client(headers={"host": "localhost"}), Client(headers={"host": "localhost"})
    editor.force_login(User.objects.create_superuser("bench"))
    field = {"app_label": "visits", "model_name": "tenure", "field_name": "official"}
    faces: dict[str, Callable[[str], Any]] = {
        "lookup": lambda text: lookup.best(Official.objects.public(), text, 8),
        "autocomplete": lambda text: editor.get(reverse("admin:autocomplete"), field | {"term": text}),
        "/officials/?q=": lambda text: visitor.get("/officials/", {"q": text}),
        "API officials/?q=": lambda text: visitor.get("/api/v1/officials/", {"q": text}),
        "/search/?q=": lambda text: visitor.get("/search/", {"q": text}),
        "API suggest/?q=": lambda text: visitor.get("/api/v1/suggest/", {"q": text}),
    }
    for kind, typed in queries(total).items():
        for face, find in faces.items():
            find(typed[0][0])
            taken, first, among = [], 0, 0
            for text, number in typed:
                began = time.perf_counter()
                answer = find(text)
                taken.append((time.perf_counter() - began) * 1000)
                if face == "lookup":
                    found[kind] = [numbers[pk] for pk in answer]
                    first += number is not None and found[kind][:1] == [number]
                    among += number in found[kind]
                else:
                    assert answer.status_code == 200, (face, text, answer.status_code)
            p95 = statistics.quantiles(taken, n=20)[-1]
            meant = f", first {first}, among the best eight {among} of {len(typed)}" if typed[0][1] is not None else ""
            reference = f"p95 {p95:.1f} ms" + (meant if face == "lookup" else "")
            yield f"{face}: {kind}", f"{statistics.median(taken):.1f} ms", reference
    for kind, typed in queries(total).items():
        whole = _whole_tables(typed[0][0])
        assert not whole, (kind, whole)
    yield "tables of names read whole, in all plans", "0", ""


def _whole_tables(text: str) -> list[str]:
    """The tables of officials' names that a plan of this search reads whole."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from visits import lookup
    from visits.models import Official

    with CaptureQueriesContext(connection) as captured:
        lookup.best(Official.objects.public(), text, 8)
    plans = []
    for query in captured.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN " + query["sql"])
            plans += [line for (line,) in cursor.fetchall()]
    return [line for line in plans if "Seq Scan on visits_official" in line]


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "fill":
        fill(int(sys.argv[2]))
    else:
        print(json.dumps(list(measure())))

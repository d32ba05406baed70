"""Which posts one person holds at a time: by the title where the reference data lists it, else by the rank."""

import json
from collections import defaultdict
from functools import cache
from typing import Any

import pghistory
from django.db import transaction

from .models import Post
from .reference import FOLDER, read


@cache
def _listed() -> dict[tuple[str, str], dict[str | None, bool]]:
    """By title and rank, by country or for all of them: whether one person holds it."""
    found: dict[tuple[str, str], dict[str | None, bool]] = defaultdict(dict)
    for item in read("titles"):
        for rank in {item["rank"], item.get("among_leaders", item["rank"])}:
            for country in item.get("countries") or [None]:
                found[item["title"].casefold(), rank][country] = item["single_holder"]
    return dict(found)


@cache
def _by_rank() -> frozenset[str]:
    return frozenset(item["slug"] for item in read("ranks") if item.get("single_holder"))


@cache
def _of_several() -> tuple[str, ...]:
    titles: dict[str, Any] = json.loads((FOLDER / "titles.json").read_text("utf-8"))
    return tuple(titles["several"])


def is_single(title: str, rank: str, country: str | None = None) -> bool:
    """Whether one person at a time holds such a post of one country or organization."""
    printed = title.casefold()
    listed = _listed().get((printed, rank), {})
    if (found := listed.get(country, listed.get(None))) is not None:
        return found
    return rank in _by_rank() and not printed.startswith(_of_several())


def tell_single() -> int:
    """Say so of the posts that are there and of which nobody said it by hand; how many changed."""
    rows = Post.objects.exclude(locked_fields__contains=["single_holder"])
    changed: dict[bool, list[int]] = {True: [], False: []}
    for pk, title, rank, country, said in rows.values_list("pk", "title", "rank", "country", "single_holder"):
        if (single := is_single(title, rank, country)) != said:
            changed[single].append(pk)
    with (
        transaction.atomic(),
        pghistory.context(derived=True, reason="held by one person, by title and rank"),
    ):
        for single, pks in changed.items():
            if pks:
                Post.objects.filter(pk__in=pks).update(single_holder=single)
    return sum(map(len, changed.values()))

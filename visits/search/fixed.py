"""Conditions that are the same in each search, put into SQL once: Django takes longer for them than PostgreSQL."""

from functools import cache
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet, TextField, Value

from visits.models import Citation, Official, Organization, Outcome, Post

Statement = tuple[str, list[Any]]
# By kind: who is public, and the model's column with a remark.
NAMED: dict[str, tuple[Any, Any]] = {
    "officials": (Official, Value("", TextField())),
    "organizations": (Organization, F("kind")),
    "posts": (Post, F("organization__name")),
}


def public_named(kind: str, ids: list[int]) -> Statement:
    """Kind, id, name, country and remark of those of these records that are public."""
    sql, params = _named(kind)
    return f"SELECT * FROM ({sql}) AS public WHERE id = ANY(%s)", [*params, ids]  # noqa: S608


def public_quotes(ids: list[int]) -> Statement:
    """Id, source and words of those of these citations that are public."""
    sql, params = _citations()
    return f"SELECT id, source_id, exact FROM ({sql}) AS public WHERE id = ANY(%s)", [*params, ids]  # noqa: S608


def public_outcomes(ids: list[int]) -> Statement:
    """Those of these outcomes that are public."""
    sql, params = _outcomes()
    return f"SELECT id FROM ({sql}) AS public WHERE id = ANY(%s)", [*params, ids]  # noqa: S608


def public_sources(ids: list[int]) -> Statement:
    """Those of these sources that a public record cites."""
    sql, params = _citations()
    cited = f"EXISTS (SELECT 1 FROM ({sql}) AS public WHERE source_id = asked.id)"  # noqa: S608
    return f"SELECT id FROM unnest(%s::bigint[]) AS asked(id) WHERE {cited}", [ids, *params]  # noqa: S608


def quotes_of(sources: list[int], words: str, text: str, limit: int) -> Statement:
    """Source and words of the public quotes of these sources that match."""
    sql, params = _citations()
    condition = f"source_id = ANY(%s) AND text_vector @@ {words}"
    quotes = f"SELECT source_id, exact FROM ({sql}) AS public WHERE {condition} ORDER BY id DESC LIMIT {limit}"  # noqa: S608
    return quotes, [*params, sources, text]


def fetch(statement: Statement) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return cursor.fetchall()


@cache
def _named(kind: str) -> Statement:
    model, remark = NAMED[kind]
    rows = model.objects.public().annotate(
        found_kind=Value(kind, TextField()), found_name=F(model.NAME), found_remark=remark
    )
    return _compiled(rows.order_by().values_list("found_kind", "id", "found_name", "country_id", "found_remark"))


@cache
def _citations() -> Statement:
    return _compiled(Citation.objects.public_of_few().order_by().values_list("id", "source_id", "exact", "text_vector"))


@cache
def _outcomes() -> Statement:
    return _compiled(Outcome.objects.public().order_by().values_list("id"))


def _compiled(rows: QuerySet[Any, Any]) -> Statement:
    sql, params = rows.query.sql_with_params()
    return sql, list(params)

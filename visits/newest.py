"""Whether somebody wrote what matching reads: the newest event of each of its tables."""

from functools import cache

from django.db import connection
from django.db.models import Model

from . import enums
from .models import (
    City,
    CityName,
    Country,
    Dialogue,
    DialogueName,
    Judgement,
    Member,
    Official,
    OfficialName,
    Organization,
    OrganizationName,
    Participant,
    Post,
    Tenure,
    Topic,
    TopicName,
)


@cache
def _watched() -> tuple[type[Model], ...]:
    """The tables with history that a matcher reads."""
    read = (Country, City, CityName, Organization, OrganizationName, Post, Official, OfficialName, Tenure, Member,
            Participant, Topic, TopicName, Dialogue, DialogueName)  # fmt: skip
    return tuple(model.events.rel.related_model for model in read if hasattr(model, "events"))


def newest_events() -> str:
    """The newest event of each table that a matcher reads: another answer later means that somebody wrote."""
    quote = connection.ops.quote_name
    tables = [quote(model._meta.db_table) for model in _watched()]
    newest = [f"(SELECT max(pgh_id) FROM {table})" for table in tables]  # noqa: S608 - our own tables
    newest.append(f"(SELECT max(id) FROM {quote(Judgement._meta.db_table)} WHERE kind = ANY(%s))")  # noqa: S608
    deciding = [enums.JudgementKind.DIFFERENT, enums.JudgementKind.UNDO]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT concat_ws(',', {', '.join(newest)})", [deciding])
        return str(cursor.fetchone()[0])

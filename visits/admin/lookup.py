"""Search in the admin's lists and autocompletes: over names and other names, the best match first."""

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import (
    Case,
    CharField,
    Exists,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat, Length

from visits import names
from visits.models import bases

_FUZZY = 0.5  # word similarity from which a misspelt name is offered


def by_name(queryset: QuerySet, term: str, column: str = "name", extra: str = "") -> QuerySet:
    """Rows whose own name or another name has all the words of `term`; misspelt ones when there are none.

    `column` is the name to show; tables without a `key` are small and folded on the fly. `extra` is a short
    column (a code, a slug) that counts when it is the whole term.
    """
    words = names.search_key(term).split()
    if not words:
        return queryset.none() if term.strip() else queryset
    model = queryset.model
    rows = queryset.annotate(lookup_key=_own_key(model, column))
    plain = " ".join(words)
    matching = Q(pk__in=_with_words(rows, "lookup_key", words).order_by().values("pk"))
    others = _other_names(model)
    if others is not None:
        owner = _owner(others, model)
        matching |= Q(pk__in=_with_words(others._default_manager.all(), "key", words).order_by().values(owner))
    short = Q(**{f"{extra}__iexact": term.strip()}) if extra else Q(pk__in=[])
    found = rows.filter(matching | short)
    if not found.exists():
        return _misspelt(rows, plain)
    found = found.annotate(lookup_words=Concat(Value(" "), "lookup_key", Value(" "), output_field=TextField()))
    return found.annotate(lookup_rank=_rank(model, plain, short)).order_by("lookup_rank", Length(column), column, "pk")


def _own_key(model: type[Model], column: str) -> Cast | bases.Fold:
    if any(field.name == "key" for field in model._meta.concrete_fields):
        return Cast("key", TextField())
    return bases.Fold(column)


def _with_words(queryset: QuerySet, column: str, words: list[str]) -> QuerySet:
    for word in words:
        queryset = queryset.filter(**{f"{column}__contains": word})
    return queryset


def _rank(model: type[Model], plain: str, short: Q) -> Case:
    cases = [When(short | Q(lookup_key=plain), then=0)]
    others = _other_names(model)
    if others is not None:
        same = others._default_manager.filter(**{_owner(others, model): OuterRef("pk"), "key": plain})
        cases.append(When(Exists(same), then=1))
    cases += [
        When(lookup_words__contains=f" {plain} ", then=2),
        When(lookup_words__contains=f" {plain}", then=3),
        When(lookup_key__contains=plain, then=4),
    ]
    return Case(*cases, default=5, output_field=IntegerField())


def _misspelt(rows: QuerySet, plain: str) -> QuerySet:
    likeness = TrigramWordSimilarity(plain, Cast("lookup_key", CharField()))
    return rows.annotate(likeness=likeness).filter(likeness__gte=Value(_FUZZY)).order_by("-likeness", "pk")


def _other_names(model: type[Model]) -> type[bases.OtherName] | None:
    relation = getattr(model, "other_names", None)
    return relation.rel.related_model if relation is not None else None


def _owner(others: type[Model], model: type[Model]) -> str:
    return str(model._meta.model_name) if others else ""

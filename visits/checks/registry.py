"""The checks, each with its code, its words and its query."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from visits import dates, enums, solving
from visits.models import Meeting, Visit

from . import queries

Row = dict[str, Any]
_AT_ONCE = 500


@dataclass(frozen=True)
class Finding:
    """Something odd about a record: `facts` are what it rests on, `others` the records that it is about too."""

    target: str
    id: int
    reason: str
    facts: tuple[str, ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """`advice` says how it is mended; what is right as it is, is settled with a reason."""

    code: str
    words: Any
    advice: Any
    find: Callable[[], Iterable[Finding]]


def _by(sql: str, phrase: Callable[[Row], str]) -> Callable[[], Iterator[Finding]]:
    """The rows of a query of `queries`, put into words."""

    def find() -> Iterator[Finding]:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            columns = [column.name for column in cursor.description]
            for values in cursor.fetchall():
                row = dict(zip(columns, values, strict=True))
                facts = tuple(str(fact) for fact in row["facts"])
                yield Finding(row["target"], row["id"], phrase(row), facts, tuple(row["others"]))

    return find


def _post_not_held(row: Row) -> str:
    about = {"name": row["name"], "post": row["title"], "day": dates.display(row["day"])}
    if row["why"] == "own":
        about["held"] = "; ".join(_tenure(held) for held in row["tenures"])
        return _("%(name)s as %(post)s, %(day)s; but held that post %(held)s.") % about
    about["holder"] = "; ".join(_holder(held) for held in row["tenures"])
    return _("%(name)s as %(post)s, %(day)s; but then that post was held by %(holder)s.") % about


def _tenure(text: str) -> str:
    start, _slash, end = text.partition("/")
    return dates.display_range(start, end) if end else dates.since(start)


def _holder(text: str) -> str:
    name, _space, tenure = text.rpartition(" ")
    return f"{name} ({_tenure(tenure)})"


def _distant_cities(row: Row) -> str:
    return _("%(name)s was in %(city)s and in %(other)s, %(km)s km apart, on %(day)s.") % {
        "name": row["name"],
        "city": row["city"],
        "other": row["other_city"],
        "km": row["km"],
        "day": dates.display(row["day"]),
    }


def _outside_its_visit(row: Row) -> str:
    stay = dates.display_range(row["start"], row["end"])
    return _("The meeting: %(day)s. The visit that it lies in: %(stay)s.") % {
        "day": dates.display(row["date"]),
        "stay": stay,
    }


def _visit_to_itself(row: Row) -> str:
    return _("%(country)s is both the guest and the host.") % {"country": row["name"]}


def _overlapping_tenures(row: Row) -> str:
    return _("%(post)s: %(one)s (%(first)s) and %(other)s (%(second)s) at the same time.") % {
        "post": row["title"],
        "one": row["other_name"],
        "first": _tenure(f"{row['other_start']}/{row['other_end']}"),
        "other": row["name"],
        "second": _tenure(f"{row['start']}/{row['end']}"),
    }


def _two_countries(row: Row) -> str:
    countries = ", ".join(sorted(set(row["countries"])))
    return _("%(name)s stands for several countries: %(countries)s.") % {"name": row["name"], "countries": countries}


def _likely_double(row: Row) -> str:
    stay = dates.display_range(row["start"], row["end"])
    return _("The same guest, host and head, %(stay)s, as another visit: perhaps one visit, recorded twice.") % {
        "stay": stay
    }


def _no_year() -> Iterator[Finding]:
    """The visits and meetings whose tenures leave no year."""
    for model, day, solve in ((Visit, "start", solving.of_visits), (Meeting, "date", solving.of_meetings)):
        undated = model._default_manager.filter(**{f"{day}__startswith": "XXXX"}).exclude(state=enums.State.WITHDRAWN)
        ids = list(undated.order_by("pk").values_list("pk", flat=True))
        for at in range(0, len(ids), _AT_ONCE):
            for pk, solution in solve(ids[at : at + _AT_ONCE]).items():
                if not solution.years:
                    lines = tuple(str(line) for line in solution.lines)
                    others = tuple(f"tenure:{tenure}" for line in solution.lines for tenure in line.tenures)
                    reason = _("No year fits all of it: %(lines)s.") % {"lines": "; ".join(lines)}
                    facts = (str(solution.stay.first), *(line.text for line in solution.lines))
                    yield Finding(str(model._meta.model_name), pk, reason, facts, others)


CHECKS = (
    Check(
        "post-not-held",
        gettext_lazy("Post not held on that date"),
        gettext_lazy("Mend the date, the official or the post of the record, or the dates of the tenure."),
        _by(queries.POST_NOT_HELD, _post_not_held),
    ),
    Check(
        "no-year-possible",
        gettext_lazy("No year possible"),
        gettext_lazy(
            "One of the tenures, or one of the people, is wrong: mend it, or link the right official or post."
        ),
        _no_year,
    ),
    Check(
        "distant-cities",
        gettext_lazy("Two distant cities on one day"),
        gettext_lazy("Mend the days or the cities of one of the two, or link the right official."),
        _by(queries.DISTANT_CITIES, _distant_cities),
    ),
    Check(
        "outside-its-visit",
        gettext_lazy("Meeting outside its visit"),
        gettext_lazy("Mend the date of the meeting or of the visit, or take the meeting out of the visit."),
        _by(queries.OUTSIDE_ITS_VISIT, _outside_its_visit),
    ),
    Check(
        "visit-to-itself",
        gettext_lazy("Visit of a country to itself"),
        gettext_lazy("Mend the guest or the host; a visit to an organization names it as the host organization."),
        _by(queries.VISIT_TO_ITSELF, _visit_to_itself),
    ),
    Check(
        "overlapping-tenures",
        gettext_lazy("Overlapping tenures of a post for one"),
        gettext_lazy("Mend the dates of one of the two tenures, or say at the post that several hold it."),
        _by(queries.OVERLAPPING_TENURES, _overlapping_tenures),
    ),
    Check(
        "two-countries",
        gettext_lazy("Official with two countries"),
        gettext_lazy("Perhaps two people under one name: link each record to the right official."),
        _by(queries.TWO_COUNTRIES, _two_countries),
    ),
    Check(
        "likely-double",
        gettext_lazy("Likely double"),
        gettext_lazy("Compare the two: withdraw one when they tell of one visit."),
        _by(queries.LIKELY_DOUBLE, _likely_double),
    ),
)

# What loads are in doubt about; these come with their records.
_FROM_LOADS = {
    "ambiguous-person": gettext_lazy("Person: several or not certain"),
    "none-person": gettext_lazy("Person: nobody found"),
    "unknown-person": gettext_lazy("Person: unknown uid"),
    "country-by-name": gettext_lazy("Country taken by its name"),
    "country-out-of-time": gettext_lazy("Country out of its time"),
    "accompanied-not-found": gettext_lazy("Accompanied visit not found"),
    "accompanied-other-days": gettext_lazy("Accompanied visit on other days"),
    "accompanied-other-country": gettext_lazy("Accompanied visit in another country"),
    "not-read": gettext_lazy("Not read"),
    "note": gettext_lazy("Note of the reader"),
}
_BY_CODE = {check.code: check for check in CHECKS}


def words_for(code: str) -> str:
    """What a code means; a code that nobody knows stands for itself."""
    check = _BY_CODE.get(code)
    return str(check.words if check else _FROM_LOADS.get(code, code))


def advice_on(code: str) -> str:
    if check := _BY_CODE.get(code):
        return str(check.advice)
    if code.endswith("-person"):
        return _("Link the official in the record; until then the name stays as printed.")
    return _("Compare the record with its source, and mend it where it is wrong.")

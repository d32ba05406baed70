"""`python -m tests.bench.reconcilers`: columns of names asked of the officials that `finders` filled in."""

import json
import statistics
import time
from collections.abc import Iterator

import django

_BATCH = 20
_ASKED = (
    "exact", "one letter wrong", "in Cyrillic, of a Latin name", "family name first", "family name alone",
    "nobody's name",
)  # fmt: skip


def measure() -> Iterator[tuple[str, str, str]]:
    from tests.bench.finders import queries
    from visits import lookup
    from visits.models import Official
    from visits.reconciling import Question, Wanted, reconcile

    people = list(Official.objects.order_by("pk").values_list("pk", "country"))
    columns = queries(len(people))
    for kind in _ASKED:
        names = columns[kind]
        began = time.perf_counter()
        for text, _number in names:
            lookup.best(Official.objects.public(), text, 8)
        searched = 1000 * (time.perf_counter() - began) / len(names)
        for beside in ("", ", its country beside it") if names[0][1] is not None else ("",):
            taken, right, wrong, first = [], 0, 0, 0
            for begin in range(0, len(names), _BATCH):
                batch = dict(enumerate(names[begin : begin + _BATCH]))
                questions = {
                    str(key): Question(
                        text, ("official",), 10,
                        {"country": Wanted([people[number][1]])} if beside and number is not None else {},
                    )
                    for key, (text, number) in batch.items()
                }  # fmt: skip
                began = time.perf_counter()
                answers = reconcile(questions)
                taken.append(1000 * (time.perf_counter() - began) / len(batch))
                for key, (_text, number) in batch.items():
                    best = answers[str(key)][:1]
                    meant = number is not None and [one.entity.pk for one in best] == [people[number][0]]
                    first += meant
                    right += meant and best[0].match
                    wrong += bool(best) and best[0].match and not meant
            words = f"certain {right}, wrongly {wrong}, first {first} of {len(names)}; a search {searched:.0f} ms"
            yield f"reconciled: {kind}{beside}", f"{statistics.median(taken):.0f} ms a name", words


if __name__ == "__main__":
    django.setup()
    print(json.dumps(list(measure())))

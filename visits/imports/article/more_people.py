"""People whom something else than the rules found: taken in where the rules saw nobody."""

from collections.abc import Iterable

from .persons import Cast, Line, Mention

KIND = "model"


def add(cast: Cast, spans: Iterable[tuple[int, int]]) -> None:
    """Mentions for the names at these offsets, unless the rules read their words as something else."""
    for start, end in sorted(spans):
        index = next((i for i, one in enumerate(cast.lines) if one.sentence.start <= start < one.sentence.end), None)
        if index is None or cast.lines[index].sentence.heading:
            continue
        line = cast.lines[index]
        name = _tokens(line, start, end)
        if name is None or _is_taken(line, *name):
            continue
        title = next((one for one in line.mentions if one.last == name[0] and one.kind == "title"), None)
        if title and title.person is None:  # "Norwegian envoy" and the name behind it are one mention
            title.name, title.last, title.kind = name, name[1], KIND
            cast.add(title)
            continue
        mention = Mention(index, *name, KIND, name=name)
        if cast.add(mention):
            line.mentions = sorted([*line.mentions, mention], key=lambda one: one.first)


def _tokens(line: Line, start: int, end: int) -> tuple[int, int] | None:
    inside = [i for i, token in enumerate(line.sentence.tokens) if start <= token.start and token.end <= end]
    words = [i for i in inside if line.sentence.tokens[i].is_word and line.sentence.tokens[i].capital]
    return (words[0], words[-1] + 1) if words else None


def _is_taken(line: Line, first: int, last: int) -> bool:
    taken = [(one.first, one.last) for one in line.mentions] + [(one.first, one.last) for one in line.places]
    return any(start < last and first < end for start, end in taken)

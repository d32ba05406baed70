"""Who is who in English: the mentions that the grammar finds, by name, by title, by byline."""

import re

from .persons import Cast, Line, name_keys
from .post_grammar_en import PostGrammar


def find(cast: Cast) -> None:
    """Fill the mentions of every line and say whom they mean."""
    for line in cast.lines:
        line.mentions = PostGrammar(line).mentions()
    for line in cast.lines:
        for mention in line.mentions:
            if mention.kind != "plain" and not line.sentence.heading:
                cast.add(mention)
    for line in cast.lines:
        for mention in line.mentions:
            if mention.kind == "plain" and not line.sentence.heading:
                cast.add(mention)
    byline(cast)
    for line in cast.lines:
        if line.sentence.heading:
            headline(cast, line)
    for line in cast.lines:
        for mention in line.mentions:
            if mention.kind == "title" and mention.post:
                text = cast.printed(mention, mention.post)
                words = [w for w in re.findall(r"\w+", text.casefold()) if w not in ("the", "s")]
                own = {
                    w
                    for i in range(*mention.post)
                    for p in line.places
                    if p.first <= i < p.last
                    for w in re.findall(r"\w+", line.sentence.tokens[i].low)
                }
                plain = [w for w in words if w not in own] or words
                by_people = any(
                    p.kind == "demonym" for p in line.places if mention.post[0] <= p.first < mention.post[1]
                )
                if plain == ["leader"]:
                    mention.person = cast.leader(mention.country, mention.sentence, learn=by_people)
                else:
                    mention.person = cast.by_title(plain, mention.country, mention.sentence, learn=by_people)
                if mention.person and mention.country and not mention.person.country:
                    mention.person.country = mention.country
        line.mentions = [m for m in line.mentions if m.person or m.kind in ("title", "byline")]


def byline(cast: Cast) -> None:
    """A minister's own release: the heading names the minister, the text says "I"."""
    said = sum(t.text == "I" for line in cast.lines if not _is_quoting(line) for t in line.sentence.tokens)
    if said < 2:
        return
    headings = [line for line in cast.lines[:8] if line.sentence.heading]
    named = [m for line in headings for m in line.mentions if m.name and m.kind in ("honorific", "post")]
    if not named or cast.add(named[0]) is None:
        return
    cast.speaker = named[0].person
    for line in headings:
        for mention in line.mentions:
            whole = (
                mention.kind == "title"
                and mention.post
                and mention.post[1] - mention.post[0] >= len(line.sentence.tokens) - 1
            )
            if whole and cast.speaker and not cast.speaker.best_post:
                mention.kind, mention.person = "byline", cast.speaker
                cast.speaker.mentions.append(mention)


def _is_quoting(line: Line) -> bool:
    return any(t.text in '“”"«»' for t in line.sentence.tokens)


def headline(cast: Cast, line: Line) -> None:
    """In a headline everything is capitalised: only names that the story itself gives are believed.

    A comma stands for "and" there ("Berg, King of X meet"): no post follows a name.
    """
    for mention in line.mentions:
        if mention.name:
            first, last = mention.name
            if mention.post and mention.post[0] >= last:
                mention.post, mention.country, mention.kind, mention.last = None, "", "plain", last
            while last > first:
                keys = name_keys(cast.printed(mention, (first, last)))
                if keys and cast.known(keys):
                    mention.name, mention.last = (first, last), max(last, mention.post[1] if mention.post else 0)
                    cast.add(mention)
                    break
                last -= 1
            if mention.person is None and mention.post:
                mention.kind, mention.name, mention.last = "title", None, mention.post[1]

"""Names of people by spaCy: an optional extra. The rules go first; it adds names alone, no posts and no visits."""

import logging
from collections.abc import Mapping
from functools import cache
from typing import Any

from .document import Document, Extraction
from .extractor import RulesExtractor
from .merging import merged, pair
from .sentences import LIMIT

_PERSON = {"PERSON", "PER"}
_NOT_NEEDED = ["parser", "tagger", "lemmatizer", "attribute_ruler", "morphologizer", "senter"]
log = logging.getLogger(__name__)


class NoModel(Exception):
    """spaCy or one of its models is not there; the message says how to get it."""


class SpacyExtractor:
    """The rules with spaCy's names. `models` maps a language to a model's name or folder."""

    def __init__(self, models: Mapping[str, str]) -> None:
        self.models = dict(models)
        self._rules = RulesExtractor()
        self._with_names = RulesExtractor(self._names)

    def extract(self, document: Document) -> Extraction:
        """As the rules read it, with more people; a note where the names of this language cannot be had."""
        by_rules = self._rules.extract(document)
        model = self.models.get(by_rules.language)
        if not model:
            return by_rules
        try:
            pipeline(model)
        except NoModel as missing:
            by_rules.notes.append(f"names of people were found by rules alone: {missing}")
            return by_rules
        with_names = self._with_names.extract(document)
        if not {pair(visit) for visit in by_rules.visits} <= {pair(visit) for visit in with_names.visits}:
            with_names.visits = merged(by_rules.visits, with_names.visits)  # a name may hide what a rule saw
        return with_names

    def _names(self, language: str, text: str) -> list[tuple[int, int]]:
        read = pipeline(self.models[language])(text[:LIMIT])
        return [(entity.start_char, entity.end_char) for entity in read.ents if entity.label_ in _PERSON]


@cache
def pipeline(model: str) -> Any:
    """A spaCy pipeline, loaded once per process; NoModel."""
    try:
        import spacy
    except ImportError:
        raise NoModel("spaCy is not installed (`uv sync --extra spacy`)") from None
    try:
        loaded = spacy.load(model, exclude=_NOT_NEEDED)
    except (OSError, ValueError) as error:
        log.warning("spaCy model %s: %s", model, error)
        raise NoModel(f"spaCy has no model “{model}” (install it, or name its folder)") from None
    if not {"ner", "entity_ruler"} & set(loaded.pipe_names):
        raise NoModel(f"spaCy's model “{model}” finds no names of people")
    return loaded

"""Names of people by spaCy: an optional extra. The rules go first; it adds names alone, no posts and no visits."""

import logging
from collections.abc import Mapping
from functools import cache
from typing import Any

from .document import Document, Extraction
from .extractor import RulesExtractor, language_of
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
        model = self.models.get(language_of(document))
        if not model:
            return self._rules.extract(document)
        try:
            pipeline(model)
        except NoModel as missing:
            extraction = self._rules.extract(document)
            extraction.notes.append(f"names of people were found by rules alone: {missing}")
            return extraction
        return self._with_names.extract(document)

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

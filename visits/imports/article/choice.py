"""Which reader reads articles: the one place that chooses, by the settings ARTICLE_NAME_MODELS and ARTICLE_LLM."""

from django.conf import settings

from .document import Extractor
from .extractor import RulesExtractor
from .llm import ModelExtractor
from .llm.endpoint import Endpoint
from .names_by_spacy import SpacyExtractor

NAMES = ("rules", "spacy", "llm")


class NotConfigured(Exception):
    """The reader that is asked for is not set up; the message says how to do so."""


def configured() -> Extractor:
    """The reader of this installation: rules, with spaCy's names and a language model where they are configured."""
    base = named("spacy") if settings.ARTICLE_NAME_MODELS else named("rules")
    return ModelExtractor(base, Endpoint(**settings.ARTICLE_LLM)) if settings.ARTICLE_LLM else base


def named(name: str) -> Extractor:
    """One reader by name, to compare it with others; NotConfigured."""
    if name == "rules":
        return RulesExtractor()
    if name == "spacy":
        if not settings.ARTICLE_NAME_MODELS:
            raise NotConfigured("Name spaCy's models in TRACKER_SPACY, e.g. en=en_core_web_sm.")
        return SpacyExtractor(settings.ARTICLE_NAME_MODELS)
    if not settings.ARTICLE_LLM:
        raise NotConfigured("Name an endpoint in TRACKER_LLM_URL, its model, and its prices.")
    return ModelExtractor(RulesExtractor(), Endpoint(**settings.ARTICLE_LLM))

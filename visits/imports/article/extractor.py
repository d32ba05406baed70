"""The rules extractor: always there, deterministic, no database."""

import re

import py3langid
from pydantic import ValidationError

from visits import dates
from visits.record import SourceRef, VisitData

from . import details, lexicon, sentences, talks, visits_found
from .document import Document, Extraction
from .records import RecordBuilder
from .story import NameFinder, read

_NAMES = {
    "fr": "French",
    "de": "German",
    "es": "Spanish",
    "zh": "Chinese",
    "ar": "Arabic",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "tk": "Turkmen",
    "ja": "Japanese",
    "it": "Italian",
    "pt": "Portuguese",
    "kk": "Kazakh",
    "uz": "Uzbek",
    "fa": "Persian",
    "pl": "Polish",
}
_SHORT = 300
_ENGLISH = 0.18  # the least share of small words in English prose; other languages stay below half of it
_URL = re.compile(r"https?://[^\s<>\"]+")


def language_of(document: Document) -> str:
    """The language that the document states, else the one its letters and words look like."""
    if document.language:
        return document.language.split("-")[0].lower()
    sample = document.text[:4000]
    letters = [c for c in sample if c.isalpha()]
    if not letters:
        return "und"
    told = _language_of_few_words(sample) if len(letters) < _SHORT else _language_at_a_glance(sample, letters)
    if told:
        return told
    code, _score = py3langid.classify(sample)  # loads a model of 100 MB, which plain English and Russian do without
    return str(code)


def _language_of_few_words(sample: str, share: float = 0.12) -> str:
    """A line or two is too little for letter statistics: its small words tell."""
    found = re.findall(r"[^\W\d_]+", sample.casefold())
    for language in lexicon.LANGUAGES:
        small = sum(word in lexicon.words(language, "text", "small_words") for word in found)
        if found and small / len(found) >= share:
            return language
    return ""


def _language_at_a_glance(sample: str, letters: list[str]) -> str:
    """English by its many small words; Russian by ы and э and no letter of its neighbours; else "" (unsure)."""
    low = "".join(letters).casefold()
    if sum("а" <= letter <= "я" or letter == "ё" for letter in low) > 0.6 * len(low):
        own = sum(letter in "ыэ" for letter in low)
        others = sum("Ѐ" <= letter <= "ӿ" and not ("а" <= letter <= "я" or letter == "ё") for letter in low)
        return "ru" if own >= 0.006 * len(low) and others * 500 < len(low) else ""
    plain = sum(letter.isascii() for letter in low) > 0.98 * len(low)
    return "en" if plain and _language_of_few_words(sample, _ENGLISH) == "en" else ""


class RulesExtractor:
    """Reads English and Russian articles with the lexicon's words and patterns.

    `more_names` finds names of people that the rules missed; it is asked after them.
    """

    def __init__(self, more_names: NameFinder | None = None) -> None:
        self.more_names = more_names

    def extract(self, document: Document) -> Extraction:
        """The visits of a document with their evidence; notes say what was not read and why."""
        text = sentences.storable(document.text)
        language = language_of(document)
        extraction = Extraction(language, text)
        if language == "und":
            extraction.notes.append("not read: no words")
            return extraction
        if language not in lexicon.LANGUAGES:
            extraction.notes.append(f"not read: {_NAMES.get(language, f'language “{language}”')}")
            return extraction
        if len(text) > sentences.LIMIT:
            extraction.notes.append(f"only the first {sentences.LIMIT:,} characters were read")
        story = read(document, language, text, self.more_names)
        found = visits_found.find(story)
        about = details.assign_sentences(story, found)
        credited = talks.credited(story)
        source = source_of(document, language, text)
        for visit in found:
            record = _built(RecordBuilder(story, visit, about, credited), source, extraction)
            if record:
                extraction.visits.append(record)
        if not extraction.visits:
            extraction.notes.append("no visit found")
        return extraction


def _built(builder: RecordBuilder, source: SourceRef, extraction: Extraction) -> VisitData | None:
    """The record, or a note where the text says something that no record can be (an end before its start)."""
    try:
        return builder.build(source.model_copy())
    except (ValidationError, dates.DateError) as error:
        extraction.notes.append(f"a visit to {builder.visit.host} could not be recorded: {error}")
        return None


def source_of(document: Document, language: str, text: str) -> SourceRef:
    """The source that a document is; an address or a date that is none is left out."""
    try:
        published = str(dates.parse(document.published)) if document.published else ""
    except dates.DateError:
        published = ""
    url = document.url if len(document.url) <= 2000 and _URL.fullmatch(document.url) else ""
    return SourceRef(
        title=document.title[:1000],
        publisher=document.publisher[:1000],
        url=url,
        language=language,
        published=published,
        text=text,
    )

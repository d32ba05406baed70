"""Reading articles: a text in, VisitData out, every value with the words that carry it.

`choice.configured().extract(Document(text, ...))` gives an `Extraction`. Offsets count Unicode code points of
`Extraction.text`. The lists and patterns that the rules read by are in visits/data/lexicon.
"""

from .document import Document, Extraction, Extractor
from .extractor import RulesExtractor

__all__ = ["Document", "Extraction", "Extractor", "RulesExtractor"]

"""A language model as a reader of articles, behind any OpenAI-compatible endpoint. Off unless it is configured.

What it says is hearsay until it is checked: a value is kept where its quote stands in the text and carries it.
"""

from .extractor import ModelExtractor

__all__ = ["ModelExtractor"]

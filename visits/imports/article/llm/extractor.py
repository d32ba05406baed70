"""The rules' reading, and what a language model adds to it."""

from pydantic import ValidationError

from visits.enums import ModelCallState
from visits.imports.article import lexicon, sentences, story
from visits.imports.article.document import Document, Extraction, Extractor
from visits.imports.article.extractor import source_of
from visits.imports.article.merging import merged

from . import ledger
from .endpoint import MAX_TOKENS_OUT, Endpoint, NoAnswer, Nonsense, Reply, ask
from .question import body, fingerprint
from .reading import Checked
from .shape import Answer


class ModelExtractor:
    """Reads as `base` does, then asks the model of an endpoint about what that left open.

    Whatever happens to the question, the reading of `base` stands; a note says why nothing was added to it.
    """

    def __init__(self, base: Extractor, endpoint: Endpoint) -> None:
        self.base, self.endpoint = base, endpoint

    def extract(self, document: Document) -> Extraction:
        extraction = self.base.extract(document)
        if extraction.language not in lexicon.LANGUAGES:
            return extraction  # what the model says could not be checked
        text = extraction.text[: min(self.endpoint.characters, sentences.LIMIT)]
        if not text.strip():
            return extraction
        try:
            answer = self._answer(document, text)
        except (ledger.NotAsked, NoAnswer, Nonsense) as reason:
            extraction.notes.append(f"read by rules alone: the language model was of no help: {reason}")
            return extraction
        if len(text) < len(extraction.text):
            extraction.notes.append(f"the language model read only the first {len(text):,} characters")
        self._add(document, extraction, answer)
        return extraction

    def _add(self, document: Document, extraction: Extraction, answer: Answer) -> None:
        read = story.read(document, extraction.language, extraction.text)
        source = source_of(document, extraction.language, extraction.text)
        checked = Checked(read, source, self.endpoint.model)
        extraction.visits = merged(extraction.visits, checked.visits(answer))
        if extraction.visits:
            extraction.notes = [note for note in extraction.notes if note != "no visit found"]
        if checked.dropped:
            what = ", ".join(f"{name} {count}" for name, count in sorted(checked.dropped.items()))
            extraction.notes.append(f"dropped, because the text does not bear out the language model: {what}")

    def _answer(self, document: Document, text: str) -> Answer:
        """What the model says of this text, now or when it was asked before."""
        request = body(document, text, self.endpoint.model, MAX_TOKENS_OUT)
        name = fingerprint(request, self.endpoint.url)
        before = ledger.known_answer(name)
        if before is not None:
            return _parsed(before)
        most = self._bill(*self.endpoint.most(request))
        call = ledger.begin(name, self.endpoint.model, most, self.endpoint.ceiling)
        try:
            reply = ask(self.endpoint, request)
        except NoAnswer as error:
            ledger.end(call, ModelCallState.FAILED, None if error.charged else self._bill(0, 0), detail=str(error))
            raise
        except Nonsense as error:
            ledger.end(call, ModelCallState.NONSENSE, None, detail=str(error))
            raise
        bill = self._billed(reply, most)
        try:
            answer = _parsed(reply.content)
        except Nonsense as error:
            ledger.end(call, ModelCallState.NONSENSE, bill, detail=str(error))
            raise
        ledger.end(call, ModelCallState.ANSWERED, bill, answer=answer.model_dump_json())
        return answer

    def _bill(self, tokens_in: int, tokens_out: int) -> ledger.Bill:
        return ledger.Bill(tokens_in, tokens_out, self.endpoint.cost(tokens_in, tokens_out))

    def _billed(self, reply: Reply, most: ledger.Bill) -> ledger.Bill:
        """By the endpoint's own count; where it gives none, the most that it can be."""
        tokens_in = most.tokens_in if reply.tokens_in is None else reply.tokens_in
        tokens_out = most.tokens_out if reply.tokens_out is None else reply.tokens_out
        return self._bill(tokens_in, tokens_out)


def _parsed(content: str) -> Answer:
    try:
        answer = Answer.model_validate_json(content)
        answer.model_dump_json().encode()
    except (ValidationError, ValueError):
        raise Nonsense("its answer is not of the form that was asked for") from None
    if "\x00" in content or "\\u0000" in content:
        raise Nonsense("its answer holds NUL characters")
    return answer

"""Citations: each value of a record with the exact words that carry it."""

from dataclasses import dataclass, field

from visits.record import Citation

_AROUND = 48


@dataclass(slots=True)
class Evidence:
    """Collects the citations of one record; `credited` maps offsets to the party that the text credits there."""

    text: str
    credited: list[tuple[int, int, str]] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)

    def cite(self, target: str, name: str, span: tuple[int, int] | None, rule: str, confidence: float) -> None:
        """Say that text[start:end] carries field `name` of the record at JSON pointer `target`."""
        if span is None or not self.text[slice(*span)].strip():
            return
        start, end = span
        self.citations.append(
            Citation(
                target=target,
                field=name,
                exact=self.text[start:end],
                prefix=self.text[max(0, start - _AROUND) : start],
                suffix=self.text[end : end + _AROUND],
                start=start,
                end=end,
                attributed_to=self._party(start),
                rule=rule,
                confidence=round(min(confidence, 0.99), 2),
            )
        )

    def _party(self, offset: int) -> str:
        return next((party for start, end, party in self.credited if start <= offset < end), "")

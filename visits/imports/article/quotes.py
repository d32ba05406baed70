"""Where somebody's quote stands in a text: word for word, whatever its white space, dashes and quotation marks."""

_SAME = str.maketrans(
    {
        **dict.fromkeys("‘’ʼ`´", "'"),
        **dict.fromkeys("“”„«»", '"'),
        **dict.fromkeys("‐‑‒–—−", "-"),
    }
)


class Quotable:
    """A text to find quotes in. Offsets are code points of the text as it was given."""

    def __init__(self, text: str) -> None:
        self._folded, self._offsets = _fold(text)
        self._offsets.append(len(text))

    def find(self, quote: str, within: tuple[int, int] | None = None) -> tuple[int, int] | None:
        """The first place of the quote as whole words, inside `within` if given; None when it is not there."""
        wanted = _fold(quote)[0].strip()
        if not any(character.isalnum() for character in wanted):
            return None
        at = self._folded.find(wanted)
        while at >= 0:
            span = self._offsets[at], self._offsets[at + len(wanted) - 1] + 1
            inside = within is None or (within[0] <= span[0] and span[1] <= within[1])
            if inside and self._is_whole(at, at + len(wanted)):
                return span
            at = self._folded.find(wanted, at + 1)
        return None

    def _is_whole(self, start: int, end: int) -> bool:
        before, first = self._folded[start - 1 : start], self._folded[start]
        last, after = self._folded[end - 1], self._folded[end : end + 1]
        return not (before.isalnum() and first.isalnum()) and not (last.isalnum() and after.isalnum())


def _fold(text: str) -> tuple[str, list[int]]:
    """The text with runs of white space as one blank and marks alike, and where each character stood."""
    characters: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(text.translate(_SAME)):  # one for one
        blank = character.isspace()
        if blank and characters and characters[-1] == " ":
            continue
        characters.append(" " if blank else character)
        offsets.append(offset)
    return "".join(characters), offsets

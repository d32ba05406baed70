"""The kind of a visit from the description that the Office of the Historian gives it.

By these rules, the first that holds:
1. The first sentence says “... visit”: the last of its known words decides (State, Official, Working, Private,
   Informal, Unofficial). An “Official Working Visit” is `working`: that is what its noun phrase calls it, and the
   State Department ranks it below an official visit. An unofficial visit is `informal`. Other words (pastoral,
   courtesy, goodwill) are kept as printed and give `unknown`. A visit “afterward(s)” is not this one.
2. “during a private visit” (or working, informal, ...) anywhere: that kind.
3. A summit or conference was attended: `summit`.
4. Else `unknown`.

The remarks on a leg of a journey abroad (`kind_of_leg`) are shorter: after 1 and 2, a stop on the way is `transit`, a
vacation or fishing trip `private`, and 3 holds only where attending is said.
"""

import re

from visits.enums import VisitKind

_KINDS = {
    "state": VisitKind.STATE,
    "official": VisitKind.OFFICIAL,
    "offical": VisitKind.OFFICIAL,
    "working": VisitKind.WORKING,
    "private": VisitKind.PRIVATE,
    "informal": VisitKind.INFORMAL,
    "unofficial": VisitKind.INFORMAL,
}
_OTHER_WORDS = "select|pastoral|courtesy|goodwill|good will|social"
_WORDS = rf"(?:{'|'.join(_KINDS)}|{_OTHER_WORDS})"
_PRINTED = rf"(?P<printed>(?P<words>{_WORDS}(?: {_WORDS})*) visit)\b"
_VISIT = re.compile(rf"\b{_PRINTED}(?P<rest>[^.;]*)", re.IGNORECASE)
_DURING = re.compile(rf"\bduring an? {_PRINTED}", re.IGNORECASE)
_LOOKED_AT = 1000  # characters: the kind stands at the beginning
# A dot ends a sentence, but not in these.
_INSIDE = r"(?:U\.S\.|U\.N\.|\b(?:D\.C|Md|Va|Me|Calif)\.|[^.;])"
_SUMMIT = re.compile(
    rf"\b(?:attend(?:ed|ing)|participated in|took part in|guest to|delegation to|"
    rf"met with {_INSIDE}*? (?:at|during|while attending|alongside))\b{_INSIDE}*?\b(?:summit|conference)\b[^.;,]*"
    rf"|^{_INSIDE}*?\b(?:summit|conference)\b(?: meeting)?(?=[ .]|$)",
    re.IGNORECASE,
)
_TRANSIT = re.compile(
    r"^(?:stopped|stopover|(?:overnight|refuell?ing|brief) stop|disembarked)\b[^.;]*?\b"
    r"(?:en route|(?:while|during|on|upon) (?:the )?return\w*|on the way)\b(?:U\.S\.|[^.;,])*",
    re.IGNORECASE,
)
_LEISURE = re.compile(r"^(?:vacation|fishing)\b(?: trip\b)?", re.IGNORECASE)
_SUMMIT_OF_A_LEG = re.compile(
    rf"^(?:economic )?summit meeting\b|\b(?:attend(?:ed|ing)|participated in|took part in|(?:co-)?hosted|"
    rf"accompanied president {_INSIDE}*? to)\b{_INSIDE}*?\b(?:summit|conference)\b[^.;,]*",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"\b(?:en route|before|after|return|returning|pre-summit)\b", re.IGNORECASE)


def kind_of(description: str) -> tuple[VisitKind, str]:
    """The kind of a white-space-normalised description, and the words that say so ("" for `unknown`)."""
    description = description[:_LOOKED_AT]
    first = re.split(r"(?<=[a-z)])[.;](?: |$)", description, maxsplit=1)[0]
    for text, pattern in ((first, _VISIT), (description, _DURING)):
        match = pattern.search(text)
        if match and "afterward" not in match.groupdict().get("rest", ""):
            known = [word for word in match["words"].casefold().split() if word in _KINDS]
            return (_KINDS[known[-1]] if known else VisitKind.UNKNOWN), match["printed"]
    summit = _SUMMIT.search(description)
    if summit and not _ELSEWHERE.search(summit.group()):
        return VisitKind.SUMMIT, summit.group().strip()
    return VisitKind.UNKNOWN, ""


def kind_of_leg(remarks: str) -> tuple[VisitKind, str]:
    """As `kind_of`, of the remarks on a leg of a journey."""
    remarks = remarks[:_LOOKED_AT]
    kind, printed = kind_of(remarks)
    if printed and kind != VisitKind.SUMMIT:
        return kind, printed
    for pattern, meant in ((_TRANSIT, VisitKind.TRANSIT), (_LEISURE, VisitKind.PRIVATE)):
        if match := pattern.match(remarks):
            return meant, match.group().strip()
    summit = _SUMMIT_OF_A_LEG.search(remarks)
    if summit and not _ELSEWHERE.search(summit.group()):
        return VisitKind.SUMMIT, summit.group().strip()
    return VisitKind.UNKNOWN, ""

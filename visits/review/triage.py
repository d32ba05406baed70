"""Which candidates are accepted by rule, and which wait for an editor: an ordered list, each with its reason.

The first rule that applies decides. A rule is added here and nowhere else.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from visits.mapping import Proposal
from visits.models import ImportRun, Source
from visits.models.evidence import TRUSTED_FROM_THE_START


@dataclass(frozen=True)
class Rule:
    """`applies` sees the proposal, the run, and the slugs of the trusted data sets."""

    name: str
    reason: str
    accepts: bool
    applies: Callable[[Proposal, ImportRun, frozenset[str]], bool]


def _datasets(proposal: Proposal) -> set[str]:
    return {text.split(":", 1)[0] for text in proposal.item.external_ids}


RULES: tuple[Rule, ...] = (
    Rule(
        "known-visit",
        gettext_noop("It may tell of a visit that is known: an editor says so, or that it is another."),
        False,
        lambda proposal, run, trusted: proposal.asks,
    ),
    Rule(
        "contradiction",
        gettext_noop("It contradicts what is known of this visit; what it adds is applied where the load is trusted."),
        False,
        lambda proposal, run, trusted: proposal.plan.contradicts,
    ),
    Rule(
        "conflict",
        gettext_noop("It contradicts what a person edited; its other changes are applied."),
        False,
        lambda proposal, run, trusted: proposal.plan.has_conflicts,
    ),
    Rule(
        "trusted-dataset",
        gettext_noop("Its data set is trusted."),
        True,
        lambda proposal, run, trusted: bool(_datasets(proposal)) and _datasets(proposal) <= trusted,
    ),
    Rule(
        "trusted-run", gettext_noop("The load was started with trust."), True, lambda proposal, run, trusted: run.trust
    ),
    Rule("by-hand", gettext_noop("An editor decides."), False, lambda proposal, run, trusted: True),
)


def trusted_datasets() -> frozenset[str]:
    """Slugs of the data sets that are trusted, those that no load has brought yet included."""
    trust = dict(Source.objects.filter(slug__isnull=False).values_list("slug", "trusted"))
    return frozenset(slug for slug in TRUSTED_FROM_THE_START | trust.keys() if slug and trust.get(slug, True))


def verdict(proposal: Proposal, run: ImportRun, trusted: frozenset[str]) -> Rule:
    """The first rule that applies."""
    return next(rule for rule in RULES if rule.applies(proposal, run, trusted))


def is_trusted(proposal: Proposal, run: ImportRun, trusted: frozenset[str]) -> bool:
    """Whether the clean part of a proposal may be written without an editor."""
    if proposal.asks:
        return False
    return run.trust or (bool(_datasets(proposal)) and _datasets(proposal) <= trusted)

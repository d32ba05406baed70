"""Brings the doubts up to what the checks find now: new ones come, mended ones go, settled ones stay settled."""

import hashlib
import logging
import time
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from visits.models import Doubt
from visits.retold import kept

from .registry import CHECKS, Check, Finding

_LOCK = 7_105_318  # of one recomputation at a time
log = logging.getLogger(__name__)


def recompute(checks: Iterable[Check] = CHECKS) -> dict[str, int]:
    """Open doubts by code, after all checks were done anew. What did not change is not written."""
    counts = {}
    for check in checks:
        began = time.monotonic()
        with transaction.atomic():
            _alone()
            with kept():
                counts[check.code] = _bring_up(check)
        log.info("check %s: %s open, %.2f s", check.code, counts[check.code], time.monotonic() - began)
    _mended_people()
    return counts


def mark_of(finding: Finding) -> str:
    """The same for the same facts about the same record."""
    told = "\x1f".join((finding.target, str(finding.id), *finding.facts))
    return hashlib.sha256(told.encode()).hexdigest()


def _alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _bring_up(check: Check) -> int:
    """A load may have found the same by itself (`mark` is empty then): what it says is said by the check now."""
    found = {mark_of(finding): finding for finding in check.find()}
    there: dict[str, Any] = {}
    gone, judged = [], set()
    for doubt in Doubt.objects.filter(code=check.code):
        if doubt.mark in found:
            there[doubt.mark] = doubt
        elif doubt.judgement_id is None:
            gone.append(doubt.pk)
        elif not doubt.mark:
            judged.add(_about(doubt))
    Doubt.objects.filter(pk__in=gone).delete()
    new = [
        Doubt(
            code=check.code,
            mark=mark,
            reason=finding.reason,
            others=list(finding.others),
            **{f"{finding.target}_id": finding.id},
        )
        for mark, finding in found.items()
        if mark not in there and not judged & {f"{finding.target}:{finding.id}", *finding.others}
    ]
    Doubt.objects.bulk_create(new)
    reworded = [doubt for mark, doubt in there.items() if doubt.reason != found[mark].reason]
    for doubt in reworded:
        doubt.reason = found[doubt.mark].reason
    Doubt.objects.bulk_update(reworded, ["reason"])
    return len(new) + sum(doubt.judgement_id is None for doubt in there.values())


def _about(doubt: Doubt) -> str:
    return next(f"{name}:{pk}" for name in Doubt.TARGETS if (pk := getattr(doubt, f"{name}_id")))


def _mended_people() -> None:
    """What a load was in doubt about is gone when somebody linked the official."""
    linked = Q(member__official__isnull=False) | Q(participant__official__isnull=False)
    Doubt.objects.filter(linked, code__endswith="-person", judgement=None, mark="").delete()

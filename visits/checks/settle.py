"""A person says that a record is right as it is: the doubt does not come back unless its facts change."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from visits.enums import JudgementKind
from visits.models import Doubt, Judgement


class NoReason(ValueError):
    """A doubt is settled with a reason; the message is for a person."""


@transaction.atomic
def settle(doubt: Doubt, user: Any, reason: str) -> Judgement:
    """Keep the judgement beside the doubt."""
    reason = reason.strip()
    if not reason:
        raise NoReason(_("Say why it is right as it is."))
    detail = {"code": doubt.code, "about": str(doubt.record), "reason": doubt.reason}
    judgement = Judgement.objects.create(kind=JudgementKind.SETTLE, user=user, reason=reason[:500], detail=detail)
    doubt.judgement = judgement
    doubt.save(update_fields=["judgement"])
    return judgement

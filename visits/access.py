"""Who may do what: the three groups of editors, and the questions that the faces ask.

Contributors enter drafts and submit them; Editors change every record, load files and settle what loads propose;
Reviewers publish, withdraw, send back, and grant trust. One person may be in several groups. An administrator may
give and take permissions: `ensure_groups` fills a group only when it makes it.
"""

import hashlib
import secrets
from typing import Any

from visits.enums import State
from visits.models import ApiToken, Citation, Delegation, Meeting, MeetingVisit, Member, Visit, evidence

# What is entered as part of a visit or meeting.
_RECORD = ("visit", "meeting", "trip")
_NESTED = (
    "visitplace", "delegation", "member", "participant", "meetingvisit", "topiclink", "dialoguelink", "outcome",
    "citation",
)  # fmt: skip
# What records refer to, with their names.
_PEOPLE = (
    "official", "officialname", "post", "tenure", "organization", "organizationname", "city", "cityname", "source",
)  # fmt: skip
_REFERENCE = ("country", "countryname", "topic", "topicname", "dialogue", "dialoguename")
_WORK = ("importrun", "importproblem", "candidate", "doubt", "judgement", "externalid", "region", "retiredid",
         "suggestion")  # fmt: skip
_FEEDS = ("feed", "feedentry", "savedsearch")
_OWN = ("view_apitoken", "add_apitoken", "delete_apitoken")


def _each(verbs: str, models: tuple[str, ...]) -> set[str]:
    return {f"{verb}_{model}" for verb in verbs.split() for model in models}


_SEE = _each("view", (*_RECORD, *_NESTED, *_PEOPLE, *_REFERENCE, *_WORK, *_FEEDS))
_ENTER = _each("add change delete", (*_RECORD, *_NESTED)) | _each("add", _PEOPLE)
GROUPS: dict[str, set[str]] = {
    "Contributor": _SEE | _ENTER,
    "Editor": (
        _SEE
        | _ENTER
        | _each("change delete", _PEOPLE)
        | _each("add change delete", _REFERENCE)
        | _each("add change delete", ("feed",))
        | {"change_feedentry"}
        | {"edit_any_visit", "decide_candidate", "add_importrun", "undo_importrun", "change_doubt", *_OWN}
    ),
    "Reviewer": _SEE | {"publish_visit", "add_importrun", "trust_importrun", *_OWN},
}

PUBLISH = "visits.publish_visit"
EDIT_ANY = "visits.edit_any_visit"
DECIDE = "visits.decide_candidate"
TRUST = "visits.trust_importrun"
LOAD = "visits.add_importrun"
FEED = "visits.change_feed"
READ_AGAIN = "visits.change_feedentry"
UNDO = "visits.undo_importrun"
SEE_JUDGEMENTS = "visits.view_judgement"


def ensure_groups(apps: Any = None) -> None:
    """Make the groups that are absent, with their permissions; `apps` is the registry of a migration."""
    if apps is None:
        from django.apps import apps
    group_model, permission_model = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    known = permission_model.objects.filter(content_type__app_label="visits")
    for name, codenames in GROUPS.items():
        group, created = group_model.objects.get_or_create(name=name)
        if created:
            group.permissions.set(known.filter(codename__in=codenames))


def may_edit(user: Any, record: Any) -> bool:
    """Whether the user may change this record or a part of it: anything, or what belongs to drafts alone."""
    return user.has_perm(EDIT_ANY) or all(root.state == State.DRAFT for root in roots(record))


def may_take(user: Any, step: str, record: Visit | Meeting) -> bool:
    """Whether the user may take this step of `visits.states` (its function's name) with the record."""
    if step == "submit":
        return user.has_perm(f"visits.change_{record._meta.model_name}") and may_edit(user, record)
    return user.has_perm(PUBLISH)


def may_merge(user: Any, model: type[Any]) -> bool:
    """Whether the user may make two of these records one, or two again: it changes one and takes one away."""
    name = model._meta.model_name
    return bool(user.has_perm(f"visits.change_{name}") and user.has_perm(f"visits.delete_{name}"))


def roots(record: Any) -> list[Visit | Meeting]:
    """The visits and meetings that a record is, or is a part of; none for people, places and topics."""
    match record:
        case Visit() | Meeting():
            return [record]
        case Member():
            return roots(record.delegation)
        case MeetingVisit():
            return [record.visit, record.meeting]
        case Citation():
            return roots(cited(record))
        case Delegation() | _:
            owners = (getattr(record, name, None) for name in ("visit", "meeting"))
            return [owner for owner in owners if isinstance(owner, Visit | Meeting)]


def cited(citation: Citation) -> Any:
    """The record that a citation points at."""
    return next((getattr(citation, name) for name in evidence.TARGETS if getattr(citation, f"{name}_id")), None)


# API tokens


def digest_of(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """A fresh token of 256 random bits; its prefix lets scanners of leaked secrets find it."""
    return f"visits_{secrets.token_urlsafe(32)}"


def create_token(user: Any, name: str) -> str:
    """Give the user a token under a name that is new to them; the token, which cannot be read again."""
    token = new_token()
    ApiToken.objects.create(user=user, name=name, digest=digest_of(token))
    return token

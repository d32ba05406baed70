"""The tables. Constraints hold what is impossible; chainable QuerySet methods hold what is asked often."""

from .access import ApiToken
from .changes import Change, Mark
from .digests import Digest, DigestChange
from .events import Delegation, Meeting, MeetingVisit, Member, Participant, Trip, Visit, VisitPlace
from .evidence import Citation, ExternalId, Source
from .feeds import Feed, FeedEntry, FeedHost
from .imports import (
    Candidate,
    ColumnChoice,
    Doubt,
    ImportFile,
    ImportProblem,
    ImportRun,
    Judgement,
    PreviewRow,
    RetiredId,
    Suggestion,
)
from .origins import Corroboration, SourceWords, TextPrint
from .people import Official, OfficialName, Organization, OrganizationName, Post, Tenure
from .places import City, CityName, Country, CountryName, Region
from .readers import Alert, Mailing, Reader, SavedSearch, SignInLink
from .reading import ModelCall, ReadValue
from .subjects import Dialogue, DialogueLink, DialogueName, Outcome, Topic, TopicLink, TopicName

__all__ = [
    "Alert",
    "ApiToken",
    "Candidate",
    "Change",
    "Citation",
    "City",
    "CityName",
    "ColumnChoice",
    "Corroboration",
    "Country",
    "CountryName",
    "Delegation",
    "Dialogue",
    "DialogueLink",
    "DialogueName",
    "Digest",
    "DigestChange",
    "Doubt",
    "ExternalId",
    "Feed",
    "FeedEntry",
    "FeedHost",
    "ImportFile",
    "ImportProblem",
    "ImportRun",
    "Judgement",
    "Mailing",
    "Mark",
    "Meeting",
    "MeetingVisit",
    "Member",
    "ModelCall",
    "Official",
    "OfficialName",
    "Organization",
    "OrganizationName",
    "Outcome",
    "Participant",
    "Post",
    "PreviewRow",
    "ReadValue",
    "Reader",
    "Region",
    "RetiredId",
    "SavedSearch",
    "SignInLink",
    "Source",
    "SourceWords",
    "Suggestion",
    "Tenure",
    "TextPrint",
    "Topic",
    "TopicLink",
    "TopicName",
    "Trip",
    "Visit",
    "VisitPlace",
]

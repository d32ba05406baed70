"""The vocabularies, in one place. Values are what files, the API and the database carry."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class VisitKind(models.TextChoices):
    """What the source calls the visit; `unknown` when it gives no name."""

    STATE = "state", _("State visit")
    OFFICIAL = "official", _("Official visit")
    WORKING = "working", _("Working visit")
    PRIVATE = "private", _("Private visit")
    INFORMAL = "informal", _("Informal visit")
    SUMMIT = "summit", _("Summit or conference")
    TRANSIT = "transit", _("Transit")
    UNKNOWN = "unknown", _("Kind not stated")


class Status(models.TextChoices):
    """How it stands in the world (not in our workflow, which is `State`)."""

    PLANNED = "planned", _("Planned")
    ONGOING = "ongoing", _("Ongoing")
    COMPLETED = "completed", _("Completed")
    POSTPONED = "postponed", _("Postponed")
    CANCELLED = "cancelled", _("Cancelled")
    UNKNOWN = "unknown", _("Status not stated")


class State(models.TextChoices):
    """How far a record has come on its way to the public. `visits.states` has one function per step."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in-review", _("In review")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Rank(models.TextChoices):
    HEAD_OF_STATE = "head-of-state", _("Head of state")
    HEAD_OF_GOVERNMENT = "head-of-government", _("Head of government")
    DEPUTY_HEAD_OF_GOVERNMENT = "deputy-head-of-government", _("Deputy head of government")
    FOREIGN_MINISTER = "foreign-minister", _("Foreign minister")
    MINISTER = "minister", _("Minister")
    DEPUTY_MINISTER = "deputy-minister", _("Deputy minister")
    SPEAKER = "speaker", _("Speaker of parliament")
    PARLIAMENTARIAN = "parliamentarian", _("Parliamentarian")
    REGIONAL_HEAD = "regional-head", _("Regional head")
    AMBASSADOR = "ambassador", _("Ambassador")
    SENIOR_OFFICIAL = "senior-official", _("Senior official")
    MONARCH_FAMILY = "monarch-family", _("Royal family")
    RELIGIOUS_LEADER = "religious-leader", _("Religious leader")
    BUSINESS = "business", _("Business")
    OTHER = "other", _("Other")


class CountingRule(models.TextChoices):
    """What a number counts; `visits.stats.rules` says it in a sentence."""

    VISIT = "visit", _("Visits")
    STOP = "stop", _("Country stops")
    MEETING = "meeting", _("Meetings")
    DAY = "day", _("Days")


class Modality(models.TextChoices):
    """How firm it was, from weak to strong. A machine never makes it stronger than its source."""

    DISCUSSED = "discussed", _("Discussed")
    PROPOSED = "proposed", _("Proposed")
    AGREED = "agreed", _("Agreed")
    SIGNED = "signed", _("Signed")


class MeetingFormat(models.TextChoices):
    IN_PERSON = "in-person", _("In person")
    VIDEO = "video", _("By video")
    PHONE = "phone", _("By phone")
    UNKNOWN = "unknown", _("Format not stated")


class OutcomeKind(models.TextChoices):
    AGREEMENT = "agreement", _("Agreement")
    MEMORANDUM = "memorandum", _("Memorandum")
    JOINT_STATEMENT = "joint-statement", _("Joint statement")
    DECLARATION = "declaration", _("Declaration")
    PLAN = "plan", _("Plan")
    INVITATION = "invitation", _("Invitation")
    OTHER = "other", _("Other")


class OutcomeLife(models.TextChoices):
    """`overdue` is no value here: it is an open outcome whose due date has passed."""

    OPEN = "open", _("Open")
    FULFILLED = "fulfilled", _("Fulfilled")
    DROPPED = "dropped", _("Dropped")


class DialogueRole(models.TextChoices):
    SESSION = "session", _("A session of it")
    ABOUT = "about", _("It was talked about")


class CountryKind(models.TextChoices):
    COUNTRY = "country", _("Country")
    TERRITORY = "territory", _("Territory")
    FORMER = "former", _("Former country")


class OrganizationKind(models.TextChoices):
    INTERNATIONAL = "international", _("International body")
    MINISTRY = "ministry", _("Ministry")
    PARLIAMENT = "parliament", _("Parliament")
    COMPANY = "company", _("Company")
    OTHER = "other", _("Other")


class SourceKind(models.TextChoices):
    DOCUMENT = "document", _("Document")
    DATASET = "dataset", _("Data set")


class NameKind(models.TextChoices):
    COMMON = "common", _("Common name")
    OFFICIAL = "official", _("Official name")
    SHORT = "short", _("Short name")
    FORMER = "former", _("Former name")
    LOCAL = "local", _("Local name")
    LABEL = "label", _("Label in a data set")
    SPELLING = "spelling", _("Other spelling")
    SYNONYM = "synonym", _("Synonym")


class RunStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    UNDONE = "undone", _("Undone")


class FeedKind(models.TextChoices):
    FEED = "feed", _("RSS or Atom feed")
    PAGE = "page", _("Page with links")


class FeedStatus(models.TextChoices):
    """How the last look at a feed ended."""

    NEW = "new", _("Not read yet")
    WELL = "well", _("Well")
    FAILING = "failing", _("Failing")
    RESTING = "resting", _("At rest")


class EntryState(models.TextChoices):
    """What became of a story that a feed named."""

    NEW = "new", _("To be fetched")
    FETCHED = "fetched", _("Fetched")
    READING = "reading", _("Being read")
    VISIT = "visit", _("Tells of a visit")
    NOTHING = "nothing", _("Not a visit")
    KNOWN = "known", _("Read before")
    ERROR = "error", _("Not read")


class Verdict(models.TextChoices):
    """What a dry run says of one input record."""

    ADDED = "added", _("Added")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    DUPLICATE = "duplicate", _("Duplicate row")
    NOTHING = "nothing", _("Nothing to record")
    WRONG = "wrong", _("Wrong")


class DateOrder(models.TextChoices):
    """How dates of three numbers are read where the file says which."""

    DAY_FIRST = "dmy", _("Day, month, year")
    MONTH_FIRST = "mdy", _("Month, day, year")


class CandidateState(models.TextChoices):
    PENDING = "pending", _("Waiting for an editor")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    UNDONE = "undone", _("Undone")
    ASIDE = "aside", _("Not a visit")  # of a feed: kept for a later look, outside the queue


class Action(models.TextChoices):
    """What a candidate would do."""

    CREATE = "create", _("Add")
    CHANGE = "change", _("Change")
    NOTHING = "nothing", _("Nothing to record")


class JudgementKind(models.TextChoices):
    ACCEPT = "accept", _("Accepted")
    REJECT = "reject", _("Rejected")
    MATCH = "match", _("Matched")
    MERGE = "merge", _("Merged")
    DIFFERENT = "different", _("Never the same")
    UNDO = "undo", _("Undone")
    SETTLE = "settle", _("Doubt settled")


class Told(models.TextChoices):
    """For which sides the origins of a visit speak; empty where a third party tells of it alone or beside one side."""

    GUEST = "guest", _("The guest alone")
    HOST = "host", _("The host alone")
    BOTH = "both", _("Guest and host")


class Corroborated(models.TextChoices):
    """How well a visit is attested: by how many independent origins, and whether by one side alone."""

    NONE = "none", _("No source")
    SINGLE = "single", _("One origin")
    SEVERAL = "several", _("Several independent origins")
    ONE_SIDED = "one-sided", _("Told by one side alone")
    BOTH_SIDES = "both-sides", _("Told by guest and host")


class ModelCallState(models.TextChoices):
    """How asking a language model ended."""

    ASKED = "asked", _("Asked")
    ANSWERED = "answered", _("Answered")
    FAILED = "failed", _("No answer")
    NONSENSE = "nonsense", _("Of no use")


class ChangeAction(models.TextChoices):
    """What became of a record as the public sees it."""

    CREATED = "created", _("Published")
    CHANGED = "changed", _("Changed")
    MERGED = "merged", _("Merged into another")
    DELETED = "deleted", _("Taken away")


class SearchKind(models.TextChoices):
    """The lists that can be saved as a search."""

    VISITS = "visits", _("Visits")
    MEETINGS = "meetings", _("Meetings")
    OUTCOMES = "outcomes", _("Outcomes")


class Frequency(models.TextChoices):
    """How often a saved search writes to its owner."""

    AT_ONCE = "at-once", _("At once")
    DAILY = "daily", _("Once a day")
    WEEKLY = "weekly", _("Once a week")
    OFF = "off", _("Never: by the feed alone")


class Fate(models.TextChoices):
    """What became of a value that a reader proposed, or left out."""

    KEPT = "kept", _("Accepted as read")
    MENDED = "mended", _("Mended")
    REMOVED = "removed", _("Taken out")
    ADDED = "added", _("Added by hand")
    REJECTED = "rejected", _("Rejected with its record")


class RecordType(models.TextChoices):
    """The records that a VisitRecord can carry."""

    VISIT = "visit", _("Visit")
    MEETING = "meeting", _("Meeting")
    OFFICIAL = "official", _("Official")
    TENURE = "tenure", _("Tenure")

"""A small world of records for tests: functions that make one record and what hangs on it; `build_world`.

Every function takes codes and words instead of objects (`guest="TM"`, `head="Aina Orazowa"`), and makes what
is not there yet. Organizations are named by their slug in lower case (`guest="eu"`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.db.models import Model

from visits import enums, names
from visits.models import (
    Candidate,
    Citation,
    City,
    Country,
    Delegation,
    Dialogue,
    DialogueLink,
    Doubt,
    ExternalId,
    ImportProblem,
    ImportRun,
    Meeting,
    MeetingVisit,
    Member,
    Official,
    OfficialName,
    Organization,
    Outcome,
    Participant,
    Post,
    Region,
    Source,
    Tenure,
    Topic,
    TopicLink,
    Visit,
    VisitPlace,
)

COUNTRIES = {
    "TM": ("Turkmenistan", "TKM", "143"),
    "JP": ("Japan", "JPN", "030"),
    "UZ": ("Uzbekistan", "UZB", "143"),
    "US": ("United States", "USA", "021"),
    "FR": ("France", "FRA", "155"),
    "DE": ("Germany", "DEU", "155"),
    "SUHH": ("Soviet Union", "SUN", "151"),
}
REGIONS = {
    "001": ("World", None),
    "142": ("Asia", "001"),
    "143": ("Central Asia", "142"),
    "030": ("Eastern Asia", "142"),
    "019": ("Americas", "001"),
    "021": ("Northern America", "019"),
    "150": ("Europe", "001"),
    "155": ("Western Europe", "150"),
    "151": ("Eastern Europe", "150"),
}
ORGANIZATIONS = {"eu": "European Union", "un": "United Nations"}
TOPICS = {
    "energy": ("Energy", None),
    "hydrogen": ("Hydrogen", "energy"),
    "green-hydrogen": ("Green hydrogen", "hydrogen"),
    "trade": ("Trade", None),
}


# reference data


def make_region(code: str) -> Region:
    name, parent = REGIONS[code]
    above = make_region(parent) if parent else None
    return Region.objects.get_or_create(code=code, defaults={"name": name, "parent": above})[0]


def make_country(code: str) -> Country:
    if found := Country.objects.filter(code=code).first():
        return found
    name, alpha3, region = COUNTRIES.get(code, (f"Country {code}", "", "001"))
    kind = enums.CountryKind.FORMER if len(code) == 4 else enums.CountryKind.COUNTRY
    return Country.objects.create(code=code, name=name, alpha3=alpha3, region=make_region(region), kind=kind)


def make_organization(slug: str, name: str = "", **values: Any) -> Organization:
    if found := Organization.objects.filter(slug=slug).first():
        return found
    name = name or ORGANIZATIONS.get(slug, slug.replace("-", " ").title())
    known = {"kind": enums.OrganizationKind.INTERNATIONAL, "is_reference": slug in ORGANIZATIONS}
    return Organization.objects.create(slug=slug, name=name, key=names.search_key(name), **known | values)


def make_topic(slug: str) -> Topic:
    name, parent = TOPICS.get(slug, (slug.replace("-", " ").capitalize(), None))
    above = make_topic(parent) if parent else None
    return Topic.objects.get_or_create(slug=slug, defaults={"name": name, "parent": above})[0]


def make_dialogue(slug: str, name: str = "", members: Iterable[str] = ()) -> Dialogue:
    name = name or slug.replace("-", " ").title()
    dialogue, created = Dialogue.objects.get_or_create(slug=slug, defaults={"name": name})
    if created:
        dialogue.countries.set([make_country(code) for code in members])
    return dialogue


def make_city(name: str, country: str) -> City:
    key = names.search_key(name)
    return City.objects.get_or_create(name=name, country=make_country(country), defaults={"key": key})[0]


# people


def make_official(name: str, country: str = "TM", other_names: Iterable[str] = (), **values: Any) -> Official:
    found = Official.objects.filter(name=name, country=country).first()
    if not found:
        found = Official.objects.create(name=name, key=names.search_key(name), country=make_country(country), **values)
    for other in other_names:
        OfficialName.objects.get_or_create(official=found, text=other, key=names.search_key(other))
    return found


def make_post(title: str = "Foreign Minister", country: str = "TM", rank: str = "foreign-minister") -> Post:
    defaults = {"title": title, "rank": rank}
    return Post.objects.get_or_create(
        key=names.search_key(title), country=make_country(country), organization=None, defaults=defaults
    )[0]


def make_tenure(official: Official, post: Post, start: str = "", end: str = "") -> Tenure:
    return Tenure.objects.create(official=official, post=post, start=start, end=end)


# evidence


def make_source(text: str | None = None, **values: Any) -> Source:
    known = {"title": "A news story", "publisher": "A newspaper", "url": "https://example.org/story"}
    return Source.objects.create(text=text, **known | values)


def make_dataset(slug: str) -> Source:
    return Source.objects.get_or_create(
        slug=slug,
        defaults={"kind": enums.SourceKind.DATASET, "title": slug, "url": f"https://example.org/{slug}"},
    )[0]


def cite(record: Model, source: Source, exact: str, field: str = "", **values: Any) -> Citation:
    """A citation of the first place of `exact` in the source; unchecked where it holds no text."""
    target = {"topiclink": "topic_link", "dialoguelink": "dialogue_link"}.get(
        str(record._meta.model_name), str(record._meta.model_name)
    )
    if source.text is not None:
        start = source.text.index(exact)
        values |= {"start": start, "end": start + len(exact)}
    return Citation.objects.create(source=source, exact=exact, field=field, **{target: record}, **values)


def add_external_id(record: Model, external_id: str) -> ExternalId:
    dataset, _, value = external_id.partition(":")
    owner = {str(record._meta.model_name): record}
    return ExternalId.objects.create(dataset=make_dataset(dataset), value=value, **owner)


# visits and meetings


def side(role: str, code: str) -> dict[str, Any]:
    """`{"guest_country": ...}`, or `guest_organization` for a slug in lower case."""
    if code.islower() and not code.startswith("x-"):
        return {f"{role}_organization": make_organization(code)}
    return {f"{role}_country": make_country(code)}


def make_delegation(
    parent: Visit | Meeting,
    sender: str = "TM",
    head: str = "",
    members: Sequence[str] = (),
    post: str = "Foreign Minister",
    rank: str = "foreign-minister",
) -> Delegation:
    """The head and the members are names; the head holds `post`, members have none."""
    owner = {str(parent._meta.model_name): parent}
    delegation = Delegation.objects.create(**owner, **side("sender", sender))
    country = sender if not sender.islower() else "FR"
    if head:
        Member.objects.create(
            delegation=delegation,
            head=True,
            official=make_official(head, country),
            post=make_post(post, country, rank),
            as_printed=f"{post} {head}",
            name_as_printed=head,
            post_as_printed=post,
        )
    for position, name in enumerate(members, 1):
        Member.objects.create(
            delegation=delegation, official=make_official(name, country), as_printed=name, position=position
        )
    return delegation


def _add_subjects(record: Visit | Meeting, topics: Iterable[str], outcomes: Iterable[str], dialogue: str) -> None:
    owner = {str(record._meta.model_name): record}
    for position, slug in enumerate(topics):
        TopicLink.objects.create(topic=make_topic(slug), as_printed=slug, position=position, **owner)
    for position, title in enumerate(outcomes):
        Outcome.objects.create(title=title, kind="plan", modality="proposed", position=position, **owner)
    if dialogue:
        DialogueLink.objects.create(dialogue=make_dialogue(dialogue), role="session", **owner)


def make_visit(
    guest: str = "TM",
    host: str = "JP",
    start: str = "2024-01-22",
    end: str = "",
    state: str = "published",
    *,
    head: str = "",
    members: Sequence[str] = (),
    post: str = "Foreign Minister",
    rank: str = "foreign-minister",
    topics: Iterable[str] = (),
    outcomes: Iterable[str] = (),
    dialogue: str = "",
    external_id: str = "",
    place: str = "",
    **values: Any,
) -> Visit:
    """A visit; with a delegation of its guest if a head or members are named."""
    visit = Visit.objects.create(
        host_country=make_country(host), start=start, end=end, state=state, **side("guest", guest), **values
    )
    if head or members:
        make_delegation(visit, guest, head, members, post, rank)
    if place:
        VisitPlace.objects.create(visit=visit, city=make_city(place, host), as_printed=place)
    _add_subjects(visit, topics, outcomes, dialogue)
    if external_id:
        add_external_id(visit, external_id)
    visit.refresh_from_db()
    return visit


def make_meeting(
    date: str = "2024-01-22",
    state: str = "published",
    *,
    visits: Iterable[Visit] = (),
    venue: str = "JP",
    participants: Iterable[tuple[str, str]] = (),
    topics: Iterable[str] = (),
    outcomes: Iterable[str] = (),
    dialogue: str = "",
    external_id: str = "",
    **values: Any,
) -> Meeting:
    """A meeting; participants are (name, country) pairs."""
    meeting = Meeting.objects.create(date=date, state=state, venue_country=make_country(venue), **values)
    for position, visit in enumerate(visits):
        MeetingVisit.objects.create(meeting=meeting, visit=visit, position=position)
    for position, (name, country) in enumerate(participants):
        Participant.objects.create(
            meeting=meeting,
            official=make_official(name, country),
            side_country=make_country(country),
            as_printed=name,
            position=position,
        )
    _add_subjects(meeting, topics, outcomes, dialogue)
    if external_id:
        add_external_id(meeting, external_id)
    meeting.refresh_from_db()
    return meeting


def make_counterpart(visit: Visit, name: str, post: str, country: str = "JP") -> Meeting:
    """A meeting of a visit, of which no day is known, with a minister."""
    meeting = make_meeting("", visits=[visit], participants=[(name, country)])
    Participant.objects.filter(meeting=meeting).update(post=make_post(post, country, "minister"))
    return meeting


def make_undated_visit() -> Visit:
    """On 22 and 23 January of a year that only the tenures of those who met tell: 2024."""
    visit = make_visit(start="XXXX-01-22", end="XXXX-01-23", head="Aina Orazowa")
    make_counterpart(visit, "Ken Mori", "Minister of Trade")
    make_tenure(make_official("Aina Orazowa"), make_post(), "2001-07")
    trade = make_post("Minister of Trade", "JP", "minister")
    held = make_tenure(make_official("Ken Mori", "JP"), trade, "2023-12", "2024-10")
    cite(held, make_source(title="Cabinet formed"), "Mori becomes minister")
    return visit


# the cast and the world

EDITED = (
    "visit",
    "meeting",
    "official",
    "post",
    "tenure",
    "organization",
    "source",
    "outcome",
    "importrun",
    "candidate",
)
EDITING = tuple(f"{verb}_{model}" for model in EDITED for verb in ("add", "change", "view"))


def make_user(name: str, *permissions: str, group: str = "", **values: Any) -> User:
    user = User.objects.create_user(name, password="correct horse battery", **values)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="visits", codename__in=permissions))
    if group:
        user.groups.add(Group.objects.get_or_create(name=group)[0])
    return user


STORY = (
    "Foreign Minister Aina Orazowa of Turkmenistan came to Tokyo on 22 January 2024. "
    "She met Industry Minister Ken Mori, and the two spoke about hydrogen. "
    "According to the Ministry of Foreign Affairs of Turkmenistan, a summit was proposed."
)


@dataclass
class World:
    """`story` has everything on it; the others are thin. `hidden` lists what no public face may show."""

    story: Visit
    meeting: Meeting
    source: Source
    thin: Visit
    from_organization: Visit
    without_year: Visit
    alone: Meeting
    hidden: list[Visit | Meeting] = field(default_factory=list)


def build_world() -> World:
    story = make_visit(
        title="Foreign minister of Turkmenistan in Japan",
        end="2024-01-23",
        head="Aina Orazowa",
        members=["Merdan Gurbanow"],
        topics=["hydrogen"],
        outcomes=["Summit of leaders"],
        dialogue="central-asia-japan",
        external_id="hsg-visits:2138",
        place="Tokyo",
        kind="official",
        status="completed",
        summary="Talks about hydrogen.",
    )
    meeting = make_meeting(
        visits=[story], title="Talks on industry", participants=[("Ken Mori", "JP"), ("Aina Orazowa", "TM")],
        topics=["green-hydrogen"], format="in-person",
    )  # fmt: skip
    source = make_source(STORY)
    cite(story, source, "22 January 2024", "start")
    cite(story.delegations.get().members.get(head=True), source, "Foreign Minister Aina Orazowa")
    cite(story.outcomes.get(), source, "a summit was proposed", attributed_to="Ministry of Foreign Affairs")
    cite(meeting, source, "She met Industry Minister Ken Mori")
    head = make_official("Aina Orazowa")
    make_tenure(head, make_post(), "2021", "2024-06")
    world = World(
        story=story,
        meeting=meeting,
        source=source,
        thin=make_visit("US", "FR", "1961-05-31", "1961-06-02", kind="state", external_id="hsg-travels:12"),
        from_organization=make_visit("eu", "UZ", "2023-06", kind="summit", topics=["trade"]),
        without_year=make_visit("TM", "JP", "XXXX-01-22", "XXXX-01-23"),
        alone=make_meeting("2023-09-19", venue="US", title="Foreign ministers by video", format="video"),
    )
    world.hidden = [
        make_visit(state="draft", title="A draft", head="Drafted Person"),
        make_visit(state="in-review", title="In review"),
        make_visit(state="withdrawn", title="Withdrawn"),
        make_meeting(state="draft", title="A draft meeting", visits=[story]),
    ]
    return world


# what nobody may see

SECRET = "Zanzibarquux"  # tests look for it with the first letters alone, as pages repeat what was asked for


def _hide_under(record: Visit | Meeting) -> None:
    """Everything that can hang on a record, each with the word."""
    owner = {str(record._meta.model_name): record}
    official = Official.objects.create(name=f"{SECRET} Person {record.pk}", key=f"{SECRET.lower()} person")
    body = make_organization(f"{SECRET.lower()}-{record._meta.model_name}-{record.pk}", kind="ministry")
    post = Post.objects.create(title=f"{SECRET} Minister", key=f"{SECRET.lower()} {record.uid}", organization=body)
    delegation = Delegation.objects.create(sender_organization=body, sender_as_printed=SECRET, **owner)
    printed = {"as_printed": SECRET, "name_as_printed": SECRET, "post_as_printed": SECRET}
    member = Member.objects.create(delegation=delegation, official=official, post=post, head=True, **printed)
    link = TopicLink.objects.create(as_printed=f"{SECRET} topic", **owner)
    DialogueLink.objects.create(as_printed=f"{SECRET} dialogue", **owner)
    outcome = Outcome.objects.create(title=f"{SECRET} agreement", **owner)
    Tenure.objects.create(official=official, post=post, start="2020")
    source = make_source(f"They said {SECRET}.", title=f"{SECRET} Times", publisher=SECRET, free_to_show=True)
    for cited in (record, delegation, member, link, outcome):
        cite(cited, source, f"They said {SECRET}", attributed_to=SECRET)
    add_external_id(record, f"{SECRET.lower()}-list:{record._meta.model_name}-{record.pk}")
    Doubt.objects.create(code="odd", reason=SECRET, **owner)


def hide_everywhere(world: World) -> None:
    """Put SECRET wherever the public must not look, next to the public records of the world."""
    texts = {"title": f"{SECRET} title", "summary": f"{SECRET} summary"}
    sides = dict.fromkeys(("guest_as_printed", "host_as_printed", "kind_as_printed"), SECRET)
    for state in ("draft", "in-review", "withdrawn"):
        visit = make_visit(state=state, place="Tokyo", **texts, **sides)
        meeting = make_meeting(state=state, visits=[world.story, visit], place_as_printed=SECRET, **texts)
        participant = {"side_country": make_country("JP"), "as_printed": SECRET, "side_as_printed": SECRET}
        Participant.objects.create(meeting=meeting, **participant)
        VisitPlace.objects.create(visit=visit, as_printed=SECRET)
        _hide_under(visit)
        _hide_under(meeting)
        world.hidden += [visit, meeting]
    world.thin.accompanies = visit
    world.thin.save()
    Outcome.objects.filter(visit=world.story).update(life="fulfilled", fulfilled_by_visit=visit)
    Official.objects.update(notes=f"{SECRET} note")
    far = make_source(f"It was seen. {'Nothing else happened. ' * 30}{SECRET}.", raw=SECRET.encode())
    cite(world.thin, far, "It was seen")
    run = ImportRun.objects.create(name=f"{SECRET}.csv", message=SECRET, created=1)
    ImportProblem.objects.create(run=run, file=SECRET, value=SECRET, code="odd", detail=SECRET, raw={"a": SECRET})
    Candidate.objects.create(
        run=run, key=world.story.uid, fingerprint="1", action="change", record={"title": SECRET}, visit=world.story,
        raw=[SECRET], difference=[{"after": SECRET}],
    )  # fmt: skip
    Visit.objects.filter(pk=world.thin.pk).update(created_by_run=run)

"""Citations: what is written is read back by the parsers that others use."""

import json
import unicodedata
from datetime import date
from html.parser import HTMLParser

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware
from hypothesis import given
from hypothesis import strategies as st

from tests.world import make_topic, make_visit
from visits import citing
from visits.citing import Reference, one_line
from visits.models import Outcome, Visit
from visits.templatetags.pages import json_ld

texts = st.text(st.characters(codec="utf-8"), max_size=60) | st.text("\\{}%&$#_~^\"'`?@,=\n\r\t -ER<>/é", max_size=40)
addresses = st.text("abc/?&=%20#_~{}\\\"'-.", max_size=40).map(lambda tail: f"https://example.org/{tail}")
days = st.dates(date(1000, 1, 1), date(9999, 12, 31))
references = st.builds(
    Reference, key=texts, title=texts, url=addresses, changed=days, accessed=days, is_list=st.booleans()
)


def composed(text):
    """As a decoder of TeX gives it: composed, blanks as one, another circumflex."""
    return " ".join(unicodedata.normalize("NFC", text.replace("ˆ", "^")).split())


@given(references)
def test_bibtex_is_read_back(reference):
    library = bibtexparser.parse_string(
        citing.bibtex(reference), append_middleware=[LatexDecodingMiddleware(keep_braced_groups=False)]
    )
    entry = library.entries[0]
    assert (library.failed_blocks, len(library.blocks), entry.entry_type) == ([], 1, "misc")
    assert composed(entry["title"]) == composed(one_line(reference.title))
    assert (entry["year"], entry["urldate"]) == (str(reference.changed.year), reference.accessed.isoformat())


@given(texts)
def test_braces_of_bibtex_are_balanced_in_any_title(text):
    depth = 0
    for char in citing.tex(text):
        depth += {"{": 1, "}": -1}.get(char, 0)
        assert depth >= 0
    assert depth == 0


@given(references)
def test_ris_is_read_back(reference):
    [entry] = rispy.loads(citing.ris(reference))
    title, url = entry.get("title") or "", entry["urls"][0]
    assert (title, url) == (one_line(reference.title), one_line(reference.url))
    assert entry["type_of_reference"] == ("DATA" if reference.is_list else "ELEC")


@given(references)
def test_csl_json_is_read_back(reference):
    [item] = json.loads(citing.csl_json(reference))
    assert (item["title"], item["URL"]) == (one_line(reference.title), reference.url)
    assert date(*item["issued"]["date-parts"][0]) == reference.changed


def test_a_plain_citation_says_title_site_dates_and_address():
    reference = Reference(
        "visit-1", "A to B, 2 May 1961", "https://x.org/visits/1/", date(2024, 5, 1), date(2024, 6, 2)
    )
    assert citing.plain(reference) == (
        "“A to B, 2 May 1961.” Diplomatic-visit tracker, data of 1 May 2024. "
        "https://x.org/visits/1/ (accessed 2 June 2024)."
    )


class _Blocks(HTMLParser):
    def __init__(self):
        super().__init__()
        self.depth, self.found, self.tags = 0, [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        if self.tags:
            self.found.append(data)


def blocks_of(html):
    parser = _Blocks()
    parser.feed(html)
    parser.close()
    return parser.tags, parser.found


@given(texts | st.sampled_from(["</script><script>alert(1)</script>", "<!--<script>", "]]>", "\u2028"]))
def test_no_name_ends_a_block_of_structured_data(text):
    tags, found = blocks_of(json_ld({"name": text}))
    assert (tags, [json.loads(one) for one in found]) == (["script"], [{"name": text}])


def linked(page):
    text = page.content.decode()
    start = text.index('<script type="application/ld+json">')
    return json.loads(text[text.index("{", start) : text.index("</script>", start)])


@pytest.mark.django_db
class TestPages:
    def test_every_list_and_record_can_be_cited_in_every_format(self, client, world):
        topic = world.meeting.topic_links.get().topic
        addresses = [
            one.get_absolute_url()
            for one in (
                world.story,
                world.meeting,
                world.source,
                topic,
                world.story.host_country,
                Outcome.objects.get(),
            )
        ] + ["/visits/", "/officials/", "/outcomes/"]
        wrong = [
            (address, form)
            for address in addresses
            for form, one in citing.FORMATS.items()
            if not client.get(address, {"cite": form})["Content-Type"].startswith(one.media_type)
        ]
        assert wrong == []

    def test_a_record_is_cited_by_its_id_and_the_day_of_its_last_change(self, client, world):
        reference = client.get(world.story.get_absolute_url()).context["reference"]
        assert (reference.url, reference.changed, reference.title) == (
            f"http://testserver/visits/{world.story.pk}/",
            Visit.objects.get(pk=world.story.pk).changed_at.date(),
            "Foreign minister of Turkmenistan in Japan, 22–23 January 2024",
        )

    def test_a_list_is_cited_with_its_filters_in_one_order_without_what_pages_it(self, client, world):
        page = client.get("/visits/?page_size=2&host=JP&guest=US&guest=TM&utm_source=letter")
        reference = page.context["reference"]
        assert reference.url == "http://testserver/visits/?guest=TM&guest=US&host=JP"
        assert reference.title == "Visits (Guest: United States; Guest: Turkmenistan; Host: Japan): 2 visits"

    def test_a_format_that_does_not_exist_is_named(self, client, world):
        page = client.get("/visits/?cite=word&guest=TM")
        assert (page.status_code, page.context["without"]) == (400, "/visits/?guest=TM")

    def test_a_withdrawn_record_has_no_citation(self, client, world):
        assert client.get(world.hidden[2].get_absolute_url(), {"cite": "bib"}).status_code == 410

    def test_a_visit_is_an_event(self, client, world):
        data = linked(client.get(world.story.get_absolute_url()))
        assert (data["@type"], data["startDate"], data["endDate"], data["identifier"]) == (
            "Event", "2024-01-22", "2024-01-23", f"urn:uuid:{world.story.uid}",
        )  # fmt: skip
        assert data["attendee"][:2] == [
            {
                "@type": "Country",
                "@id": "http://testserver/countries/TM/",
                "url": "http://testserver/countries/TM/",
                "name": "Turkmenistan",
            },
            {
                "@type": "Person",
                "@id": f"http://testserver{world.story.delegations.get().members.get(head=True).official.get_absolute_url()}",
                "name": "Aina Orazowa",
                "jobTitle": "Foreign Minister",
            },
        ]

    def test_a_date_without_a_year_is_no_date_of_an_event(self, client, world):
        data = linked(client.get(world.without_year.get_absolute_url()))
        assert [name for name in ("startDate", "endDate") if name in data] == []

    def test_every_page_says_what_its_record_is(self, client, world):
        member = world.story.delegations.get().members.get(head=True)
        dialogue = world.story.dialogue_links.get().dialogue
        records = [
            world.meeting, member.official, member.post, world.from_organization.guest_organization,
            world.story.host_country, make_topic("trade"), Outcome.objects.get(), dialogue, world.source,
        ]  # fmt: skip
        kinds = [linked(client.get(one.get_absolute_url()))["@type"] for one in records]
        assert kinds == [
            "Event", "Person", "Occupation", "Organization", "Country", "DefinedTerm", "CreativeWork",
            "EventSeries", "CreativeWork",
        ]  # fmt: skip

    def test_a_name_that_ends_a_script_stays_a_name(self, client):
        visit = make_visit(title="</script><script>alert(1)</script>")
        page = client.get(visit.get_absolute_url())
        assert linked(page)["name"] == visit.title
        assert "<script>alert" not in page.content.decode()

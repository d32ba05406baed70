"""The columns of a table of visits: what editors fill in, in the template and in the documentation."""

from dataclasses import dataclass

from rapidfuzz import fuzz, process

from visits import names


@dataclass(frozen=True, slots=True)
class Column:
    """`aliases` are other headings that mean the same; `many` holds several entries with `;` between them."""

    name: str
    holds: str
    example: str = ""
    aliases: tuple[str, ...] = ()
    many: bool = False
    required: bool = False


TEMPLATE_COLUMNS = (
    Column("uid", "The record's own id, from an export; leave it empty for a new visit.", "", ("uuid",)),
    Column(
        "external_id",
        "The id that your list gives to the visit, as list:id. The same id later is an update.",
        "ministry-list:2024-17",
        ("external_ids", "id", "visit id"),
        many=True,
    ),
    Column("title", "A title; leave it empty and the page makes one.", ""),
    Column(
        "start",
        "The first day, as precisely as you know it: 2024-01-22, 22 January 2024, January 2024, 2024, or 22 January "
        "when the year is not known. 22-23 January 2024 gives both days.",
        "2024-05-13",
        ("start date", "from", "begin", "date", "arrival"),
    ),
    Column("end", "The last day, written in the same way.", "2024-05-15", ("end date", "to", "until", "departure")),
    Column("kind", "state, official, working, private, informal, summit, transit or unknown.", "official", ("type",)),
    Column("kind_as_printed", "The words that the source uses for the kind.", "official visit"),
    Column(
        "status", "planned, ongoing, completed, postponed, cancelled or unknown.", "completed", ("visit status",)
    ),
    Column(
        "guest",
        "Who came: a country by code (JP, SUHH) or name, or an international body by its name (European Union).",
        "Kenya",
        ("guest country", "visitor country", "from country", "sender"),
        required=True,
    ),
    Column("guest_organization", "The guest's ministry, parliament or company, if it is one.", ""),
    Column("guest_as_printed", "The guest exactly as the source prints it.", "", ("guest label",)),
    Column(
        "host",
        "Who received them: a country or an international body, like guest.",
        "Finland",
        ("host country", "destination", "to country", "country visited"),
        required=True,
    ),
    Column("host_organization", "The host's ministry, parliament or company, if it is one.", ""),
    Column("host_as_printed", "The host exactly as the source prints it.", "", ("host label",)),
    Column("cities", "Cities in the host country: Helsinki; Turku.", "Helsinki", ("city", "place"), many=True),
    Column(
        "head",
        "Who led the delegation. Name alone with the post in head_post, or both as printed: President Amina Odhiambo.",
        "Amina Odhiambo",
        ("head of delegation", "visitor", "leader"),
    ),
    Column("head_post", "The post of the head.", "Minister of Foreign Affairs", ("post", "head title", "position")),
    Column(
        "members",
        "Others in the delegation, as name | post: Peter Mwangi | Minister of Energy; Grace Njeri | Ambassador.",
        "Peter Mwangi | Minister of Energy",
        ("delegation", "delegates"),
        many=True,
    ),
    Column(
        "topics",
        "What it was about, by topic slug or in words. Before a topic may stand how firm it was: discussed, "
        "proposed, agreed or signed (discussed if nothing stands there).",
        "hydrogen; agreed: trade",
        ("topic", "subjects"),
        many=True,
    ),
    Column(
        "dialogues",
        "Standing dialogues that it was about; write session: before one that met on this visit.",
        "",
        ("dialogue",),
        many=True,
    ),
    Column("summary", "What happened, in a few sentences.", "", ("description", "notes", "remarks")),
    Column(
        "source_url", "Where it is written: a whole address.", "https://example.org/news/17", ("url", "link", "source")
    ),
    Column("source_title", "The title of that page or document.", "Minister visits Helsinki"),
    Column("source_publisher", "Who published it.", "Example News", ("publisher",)),
    Column("source_published", "When it was published.", "2024-05-15", ("published",)),
    Column("source_language", "The language of the source, as a code.", "en", ("language",)),
    Column("quote", "The exact sentence of the source that says so.", "", ("quotation", "evidence")),
)  # fmt: skip

COLUMNS = {column.name: column for column in TEMPLATE_COLUMNS}


def _key(heading: str) -> str:
    return names.search_key(heading.replace("_", " "))


_BY_KEY = {_key(alias): column.name for column in TEMPLATE_COLUMNS for alias in (*column.aliases, column.name)}


def column_named(heading: str) -> str | None:
    """The column that a heading means, in any case and under its other names; None if unknown."""
    return _BY_KEY.get(_key(heading))


def nearest_column(heading: str) -> str | None:
    """The column that an unknown heading comes nearest to, for a suggestion."""
    near = process.extractOne(_key(heading[:100]), _BY_KEY.keys(), scorer=fuzz.ratio, score_cutoff=55)
    return _BY_KEY[near[0]] if near else None


def template_csv() -> str:
    """The template: a header and one example row."""
    rows = ([column.name for column in TEMPLATE_COLUMNS], [column.example for column in TEMPLATE_COLUMNS])
    quoted = (
        ['"' + cell.replace('"', '""') + '"' if set(cell) & set(',;"\n') else cell for cell in row] for row in rows
    )
    return "".join(",".join(row) + "\r\n" for row in quoted)

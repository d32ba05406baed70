"""A delegate and a sender as the attendance lists of climate negotiations print them. “NA” is the text for nothing."""

import re
from collections.abc import Mapping
from functools import lru_cache

from django.utils.translation import gettext_noop as _

from visits import names
from visits.enums import OrganizationKind
from visits.record import Member, OfficialRef, OrganizationRef, Side

from . import country_labels

_INTERNATIONAL = {
    "Intergovernmental organizations",
    "United Nations Secretariat units and bodies",
    "Specialized agencies and related organizations",
}
_HEAD = re.compile(
    r"(?<!deputy )(?<!alternate )(?<!vice )(?<!sous-)"
    r"\b(?:head of (?:the )?delegation|chef de (?:la )?d[ée]l[ée]gation|jefe de (?:la )?delegaci[óo]n)\b"
    r"(?! (?:suppl[ée]ant|adjoint|alterno|suplente))",
    re.IGNORECASE,
)


def told(text: str) -> str:
    """The cell, white space folded; "" for “NA”."""
    text = names.clean(text)
    return "" if text == "NA" else text


@lru_cache(maxsize=5000)
def sender_of(code: str, label: str, group: str, year: str) -> tuple[Side, str]:
    """The country of an ISO code or else of the label, or an organization by its name; and a doubt, if any.

    A sender without a code is an organization. LabelError when a code and its label name no country.
    """
    if code:
        country = country_labels.codes_by_alpha3().get(code)
        if country:
            return Side(country=country, as_printed=label), ""
        country = country_labels.country_of(label, year)
        return Side(country=country, as_printed=label), _(
            "%(code)s is no ISO code: %(label)s is taken by its name."
        ) % {"code": code, "label": label}
    slug = country_labels.organization_of(label)
    kind = OrganizationKind.INTERNATIONAL if group in _INTERNATIONAL else OrganizationKind.OTHER
    body = OrganizationRef(slug=slug) if slug else OrganizationRef(name=label, kind=kind)
    return Side(organization=body, as_printed=label), ""


def member_of(row: Mapping[str, str], country: str | None) -> Member:
    """The delegate of one row. Only a country's delegate is linked to an official: a name alone is too little."""
    name, post = told(row["Person_Name"]), told(row["Job_Title"])
    called = " ".join(part for part in (told(row.get("Honorific", "")), name) if part)
    printed = [called, post, told(row.get("Division", "")), told(row.get("Affiliation", ""))]
    return Member(
        as_printed=", ".join(part for part in printed if part)[:1000],
        name_as_printed=name,
        post_as_printed=post,
        official=OfficialRef(name=name, country=country) if name and country else None,
    )


def says_head(row: Mapping[str, str]) -> bool:
    """Whether the job title says that this delegate leads; deputies and alternates do not."""
    return bool(_HEAD.search(names.clean(row["Job_Title"])))

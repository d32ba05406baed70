"""`make bench`: each module here has `measure()`, which yields Figures; they are printed as one table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    work: str
    measured: str
    reference: str = ""  # what the same run measured beside it, or the aim

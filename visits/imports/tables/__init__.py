"""The tables that people fill in: each is one module here and one entry below, in the order in which they are read."""

from . import meetings, officials, tenures, visits
from .columns import Column, Table

# Who is named by others comes first.
TABLES: dict[str, Table] = {
    table.name: table for table in (officials.TABLE, tenures.TABLE, visits.TABLE, meetings.TABLE)
}

__all__ = ["TABLES", "Column", "Table"]

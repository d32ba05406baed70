"""The public pages: one module a purpose, every page with a constant number of queries."""

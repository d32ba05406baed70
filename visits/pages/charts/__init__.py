"""The visits of a list as charts: their geometry, drawn by templates, the same in the page and in the files."""

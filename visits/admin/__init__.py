"""The editors' desk. `registered` imports all its pages; the site that they are registered with is in `site`."""

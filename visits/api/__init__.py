"""The REST API: public reading of every resource, and bulk loading with a token. Its shapes come from `visits.rows`."""

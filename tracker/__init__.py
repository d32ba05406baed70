"""The Django project: settings, the map of URLs, the supervisor of `make run`."""

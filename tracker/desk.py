"""Django's admin, with the editors' desk as its site."""

from django.contrib import admin
from django.contrib.admin.apps import SimpleAdminConfig
from django.utils.module_loading import autodiscover_modules


class DeskConfig(SimpleAdminConfig):
    default_site = "visits.admin.site.DeskSite"

    def ready(self) -> None:
        super().ready()
        # The site has to be there before anything is registered with it.
        autodiscover_modules("admin", "admin.registered", register_to=admin.site)

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "visits"
    verbose_name = "Diplomatic visits"
    default_auto_field = "django.db.models.BigAutoField"

"""The permissions beyond add, change, delete and view, and the groups of editors."""

from typing import Any

from django.contrib.auth.management import create_permissions
from django.db import migrations

from visits.access import ensure_groups


def make(apps: Any, schema_editor: Any) -> None:
    # Permissions are otherwise made after the last migration, too late for the groups.
    config = apps.get_app_config("visits")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    ensure_groups(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("visits", "0002_tables"),
    ]
    operations = [
        migrations.AlterModelOptions(
            "candidate",
            {
                "ordering": ["pk"],
                "permissions": [("decide_candidate", "Can accept and reject what a load proposes")],
            },
        ),
        migrations.AlterModelOptions(
            "importrun",
            {
                "ordering": ["-pk"],
                "permissions": [
                    ("trust_importrun", "Can have what a load brings published without review"),
                    ("undo_importrun", "Can undo a load"),
                ],
            },
        ),
        migrations.AlterModelOptions(
            "visit",
            {
                "permissions": [
                    ("publish_visit", "Can publish, withdraw and send back visits and meetings"),
                    ("edit_any_visit", "Can edit visits and meetings that are no drafts"),
                ],
            },
        ),
        migrations.RunPython(make, migrations.RunPython.noop, elidable=True),
    ]

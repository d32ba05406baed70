import django.db.models.functions.datetime
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models


def grant(apps, schema_editor):
    """Whoever sees doubts sees what may be one as well."""
    config = apps.get_app_config('visits')
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    permissions = apps.get_model('auth', 'Permission').objects.filter(content_type__app_label='visits')
    for group in apps.get_model('auth', 'Group').objects.filter(permissions__in=permissions.filter(codename='view_doubt')):
        group.permissions.add(permissions.get(codename='view_suggestion'))


class Migration(migrations.Migration):

    dependencies = [('visits', '0007_doubt_marks'), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name='Suggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(help_text='model name in lower case', max_length=20)),
                ('first', models.BigIntegerField(help_text='the older id')),
                ('second', models.BigIntegerField()),
                ('score', models.FloatField(help_text='from 0 to 1: how much speaks for it')),
                ('reasons', models.JSONField(blank=True, default=list, help_text='[{speaks: for | against, reason}]')),
                ('put_off_at', models.DateTimeField(blank=True, help_text='somebody said: later', null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                'ordering': [models.OrderBy(models.F('put_off_at'), nulls_first=True), '-score', 'pk'],
            },
        ),
        migrations.AddIndex(
            model_name='judgement',
            index=models.Index(fields=['kind', 'id'], name='judgement_by_kind'),
        ),
        migrations.AddIndex(
            model_name='suggestion',
            index=models.Index(models.F('kind'), models.OrderBy(models.F('put_off_at'), nulls_first=True), models.OrderBy(models.F('score'), descending=True), models.F('id'), name='suggestion_queue'),
        ),
        migrations.AddConstraint(
            model_name='suggestion',
            constraint=models.UniqueConstraint(models.F('kind'), models.F('first'), models.F('second'), name='suggestion_once'),
        ),
        migrations.AddConstraint(
            model_name='suggestion',
            constraint=models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='suggestion_older_first'),
        ),
        migrations.RunPython(grant, migrations.RunPython.noop, elidable=True),
    ]

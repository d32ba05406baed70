# Begun by Django 5.2.19 on 2026-11-25 22:05

import django.contrib.postgres.indexes
import pgtrigger.compiler
import pgtrigger.migrations
import visits.models.bases
from django.db import migrations, models

from visits import names, scripts
from visits.migrations._in_one_go import InOneGo, constraints_in_one_go

# The twin of SOUNDS in visits/names.py; a test compares them.
SOUNDS = (
    ("shch", "s"), ("tsch", "ch"), ("tch", "ch"), ("cz", "ch"), ("dsch", "zh"), ("dzh", "zh"), ("sch", "s"), ("sh", "s"), ("ch", "s"),
    ("zh", "j"), (" dj", " j"), ("kh", "h"), ("gh", "g"), ("ph", "f"), ("th", "t"), ("dh", "t"), ("bh", "b"),
    ("ck", "k"), ("ce", "se"), ("ci", "si"), ("cy", "sy"), ("c ", "s "), ("c", "k"), ("q", "k"), ("g", "k"), ("x", "ks"),
    ("ts", "s"), ("tz", "s"), ("z", "s"), ("d", "t"), ("ou", "u"), ("oo", "u"), ("eu", "u"), ("eo", "u"), ("o", "u"), ("ee", "i"), ("y", "i"),
    ("w", "v"), ("ff ", "f "), ("ef ", "ev "), ("uf ", "uv "), ("(?<=[a-z])j", "i"), ("ii", "i"), ("ie", "e"),
    ("(?<=[b-df-hj-np-tv-z])iu(?=[b-df-hj-np-tv-z])", "e"), ("ine ", "in "), ("ah ", "a "), ("eh ", "e "), ("ih ", "i "), ("uh ", "u "),
    ("m[aeu][hk][au]?m+[ae]t", "muhamet"), (r"([a-z])\1+", r"\1"),
)  # fmt: skip


def nested(sounds):
    sql = "' ' || $1 || ' '"
    for pattern, sound in sounds:
        # few patterns: PostgreSQL keeps 32 compiled ones, and compiling costs more than all the rest
        sql = f"regexp_replace({sql}, '{pattern}', '{sound}', 'g')" if "[" in pattern else f"replace({sql}, '{pattern}', '{sound}')"
    return sql


# By words as spelt, as they sound, all as one (习近平 is xijinping), and, behind a 0, without vowels.
FORMS = f"""
CREATE FUNCTION visits_sounds(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT {nested(SOUNDS)}
$$;
CREATE FUNCTION visits_name_forms(name text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    key text := trim(regexp_replace(name, '[^a-z0-9]+', ' ', 'g'));
    sounds text := trim(public.visits_sounds(key));
    bare text := regexp_replace(regexp_replace(sounds, '[aeiuv]', '', 'g'), '(?<=[^ ])h(?= |$)', '', 'g');
BEGIN
    RETURN ' ' || key || ' ' || CASE WHEN sounds <> key THEN sounds || ' ' ELSE '' END
        || CASE WHEN position(' ' IN key) > 0 THEN trim(public.visits_sounds(replace(key, ' ', ''))) || ' ' ELSE '' END
        || regexp_replace(regexp_replace(' ' || bare, ' +', ' ', 'g'), '(?<= )(?=[^ ])', '0', 'g') || ' ';
END
$$;
"""


def keys_without_signs(apps, schema_editor):
    """Soft signs no longer part a word in its key."""
    for name in ("City", "Official", "Organization", "Post", "CityName", "CountryName", "DialogueName", "OfficialName",
                 "OrganizationName", "TopicName"):
        model = apps.get_model("visits", name)
        column = {"Post": "title"}.get(name, "text" if name.endswith("Name") else "name")
        rows = list(model.objects.filter(**{f"{column}__regex": "[ьъЬЪ]"}).only("pk", column, "key"))
        for row in rows:
            row.key = names.search_key(getattr(row, column))
        model.objects.bulk_update(rows, ["key"], batch_size=500)


def scripts_that_show(apps, schema_editor):
    """Script and language of other names, where the letters tell and nobody did."""
    for name in ("CityName", "CountryName", "DialogueName", "OfficialName", "OrganizationName", "TopicName"):
        model = apps.get_model("visits", name)
        rows = list(model.objects.filter(script=""))
        for row in rows:
            row.script = scripts.script_of(row.text)
            row.language = row.language or (scripts.language_of(row.text) if name == "OfficialName" else "")
        model.objects.bulk_update(rows, ["script", "language"], batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ('visits', '0008_merges'),
    ]

    steps = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='city',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='country',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='dialogue',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='official',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='officialname',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='organization',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='post',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='topic',
            name='update_update',
        ),
        migrations.RemoveIndex(
            model_name='cityname',
            name='city_name_key_trgm',
        ),
        migrations.RemoveIndex(
            model_name='countryname',
            name='country_name_key_trgm',
        ),
        migrations.RemoveIndex(
            model_name='dialoguename',
            name='dialogue_name_key_trgm',
        ),
        migrations.RemoveIndex(
            model_name='official',
            name='official_key_trgm',
        ),
        migrations.RemoveIndex(
            model_name='officialname',
            name='official_name_key_trgm',
        ),
        migrations.RemoveIndex(
            model_name='organization',
            name='organization_key_trgm',
        ),
        migrations.RemoveIndex(
            model_name='organizationname',
            name='organization_name_key_trgm',
        ),
        migrations.RemoveIndex(
            model_name='post',
            name='post_key_trgm',
        ),
        migrations.RemoveIndex(
            model_name='topicname',
            name='topic_name_key_trgm',
        ),
        migrations.AddField(
            model_name='city',
            name='forms',
            field=models.GeneratedField(db_persist=True, expression=visits.models.bases.Forms('key'), output_field=models.TextField()),
        ),
        migrations.AddField(
            model_name='cityname',
            name='forms',
            field=models.GeneratedField(db_persist=True, expression=visits.models.bases.Forms('key'), output_field=models.TextField()),
        ),
        migrations.AddField(
            model_name='country',
            name='forms',
            field=models.GeneratedField(db_persist=True, expression=visits.models.bases.Forms(visits.models.bases.Fold('name')), output_field=models.TextField()),
        ),
        migrations.AddField(
            model_name='countryname',
            name='forms',
            field=models.GeneratedField(db_persist=True, expression=visits.models.bases.Forms('key'), output_field=models.TextField()),
        ),
        migrations.AddField(
            model_name='dialogue',
            name='forms',
            field=models.GeneratedField(db_persist=True, expression=visits.models.bases.Forms(visits.models.bases.Fold('name')), output_field=models.TextField()),
        ),
        migrations.AddField(
            model_name='dialoguename',
            name='forms',
            field=models.GeneratedField(db_persist=True, expression=visits.models.bases.Forms('key'), output_field=models.TextField()),
        ),
        migrations.AddField(
            model_name='official',
            name='forms',
            field=models.GeneratedField(db_persist=True, expression=visits.models.bases.Forms('key'), output_field=models.TextField()),
        ),
        migrations.AddField(
            model_name='officialname',
            name='forms',
            field=models.GeneratedField(db_persist=True, expression=visits.models.bases.Forms('key'), output_field=models.TextField()),
        ),
        migrations.AddField(
            model_name='organization',
            name='forms',
            field=models.GeneratedField(db_persist=True, expression=visits.models.bases.Forms('key'), output_field=models.TextField()),
        ),
        migrations.AddField(
            model_name='organizationname',
            name='forms',
            field=models.GeneratedField(db_persist=True, expression=visits.models.bases.Forms('key'), output_field=models.TextField()),
        ),
        migrations.AddField(
            model_name='post',
            name='forms',
            field=models.GeneratedField(db_persist=True, expression=visits.models.bases.Forms('key'), output_field=models.TextField()),
        ),
        migrations.AddField(
            model_name='topic',
            name='forms',
            field=models.GeneratedField(db_persist=True, expression=visits.models.bases.Forms(visits.models.bases.Fold('name')), output_field=models.TextField()),
        ),
        migrations.AddField(
            model_name='topicname',
            name='forms',
            field=models.GeneratedField(db_persist=True, expression=visits.models.bases.Forms('key'), output_field=models.TextField()),
        ),
        migrations.AddIndex(
            model_name='cityname',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('forms'), name='gin_trgm_ops'), name='city_name_forms_trgm'),
        ),
        migrations.AddIndex(
            model_name='countryname',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('forms'), name='gin_trgm_ops'), name='country_name_forms_trgm'),
        ),
        migrations.AddIndex(
            model_name='dialoguename',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('forms'), name='gin_trgm_ops'), name='dialogue_name_forms_trgm'),
        ),
        migrations.AddIndex(
            model_name='official',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('forms'), name='gin_trgm_ops'), name='official_forms_trgm'),
        ),
        migrations.AddIndex(
            model_name='officialname',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('forms'), name='gin_trgm_ops'), name='official_name_forms_trgm'),
        ),
        migrations.AddIndex(
            model_name='organization',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('forms'), name='gin_trgm_ops'), name='organization_forms_trgm'),
        ),
        migrations.AddIndex(
            model_name='organizationname',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('forms'), name='gin_trgm_ops'), name='organization_name_forms_trgm'),
        ),
        migrations.AddIndex(
            model_name='post',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('forms'), name='gin_trgm_ops'), name='post_forms_trgm'),
        ),
        migrations.AddIndex(
            model_name='topicname',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('forms'), name='gin_trgm_ops'), name='topic_name_forms_trgm'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='city',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_cityevent" ("capital", "changed_at", "country_id", "created_at", "created_by_run_id", "id", "is_reference", "key", "latitude", "locked_fields", "longitude", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "uid") SELECT new_values."capital", new_values."changed_at", new_values."country_id", new_values."created_at", new_values."created_by_run_id", new_values."id", new_values."is_reference", new_values."key", new_values."latitude", new_values."locked_fields", new_values."longitude", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."uid" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."capital" IS DISTINCT FROM (new_values."capital") OR old_values."changed_at" IS DISTINCT FROM (new_values."changed_at") OR old_values."country_id" IS DISTINCT FROM (new_values."country_id") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by_run_id" IS DISTINCT FROM (new_values."created_by_run_id") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."is_reference" IS DISTINCT FROM (new_values."is_reference") OR old_values."key" IS DISTINCT FROM (new_values."key") OR old_values."latitude" IS DISTINCT FROM (new_values."latitude") OR old_values."locked_fields" IS DISTINCT FROM (new_values."locked_fields") OR old_values."longitude" IS DISTINCT FROM (new_values."longitude") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."uid" IS DISTINCT FROM (new_values."uid")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='d50115d402ad7668737ec84fb1bb617b9ea4f06e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_103fc', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='visits_city', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='country',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_countryevent" ("alpha3", "code", "demonyms", "kind", "locked_fields", "name", "official_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "valid_from", "valid_to") SELECT new_values."alpha3", new_values."code", new_values."demonyms", new_values."kind", new_values."locked_fields", new_values."name", new_values."official_name", _pgh_attached_context.value, NOW(), \'update\', new_values."code", new_values."region_id", new_values."valid_from", new_values."valid_to" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."code") = (new_values."code") WHERE (old_values."alpha3" IS DISTINCT FROM (new_values."alpha3") OR old_values."code" IS DISTINCT FROM (new_values."code") OR old_values."demonyms" IS DISTINCT FROM (new_values."demonyms") OR old_values."kind" IS DISTINCT FROM (new_values."kind") OR old_values."locked_fields" IS DISTINCT FROM (new_values."locked_fields") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."official_name" IS DISTINCT FROM (new_values."official_name") OR old_values."region_id" IS DISTINCT FROM (new_values."region_id") OR old_values."valid_from" IS DISTINCT FROM (new_values."valid_from") OR old_values."valid_to" IS DISTINCT FROM (new_values."valid_to")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='7e40cd3c1fdb6216ee82b4f1e95ea3dd0ccd2d1b', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_4dbeb', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='visits_country', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dialogue',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_dialogueevent" ("changed_at", "created_at", "created_by_run_id", "id", "locked_fields", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "slug", "uid", "url") SELECT new_values."changed_at", new_values."created_at", new_values."created_by_run_id", new_values."id", new_values."locked_fields", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."since", new_values."slug", new_values."uid", new_values."url" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."changed_at" IS DISTINCT FROM (new_values."changed_at") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by_run_id" IS DISTINCT FROM (new_values."created_by_run_id") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."locked_fields" IS DISTINCT FROM (new_values."locked_fields") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."since" IS DISTINCT FROM (new_values."since") OR old_values."slug" IS DISTINCT FROM (new_values."slug") OR old_values."uid" IS DISTINCT FROM (new_values."uid") OR old_values."url" IS DISTINCT FROM (new_values."url")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='8ed207f1ac17fd1750bc01dbbeedce16003013e3', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_5f0e1', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='visits_dialogue', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='official',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_officialevent" ("changed_at", "country_id", "created_at", "created_by_run_id", "id", "key", "locked_fields", "name", "notes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "uid", "wikidata") SELECT new_values."changed_at", new_values."country_id", new_values."created_at", new_values."created_by_run_id", new_values."id", new_values."key", new_values."locked_fields", new_values."name", new_values."notes", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."uid", new_values."wikidata" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."changed_at" IS DISTINCT FROM (new_values."changed_at") OR old_values."country_id" IS DISTINCT FROM (new_values."country_id") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by_run_id" IS DISTINCT FROM (new_values."created_by_run_id") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."key" IS DISTINCT FROM (new_values."key") OR old_values."locked_fields" IS DISTINCT FROM (new_values."locked_fields") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."notes" IS DISTINCT FROM (new_values."notes") OR old_values."uid" IS DISTINCT FROM (new_values."uid") OR old_values."wikidata" IS DISTINCT FROM (new_values."wikidata")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='a3de59227139ef0e679b8a16a8f814c6c8f19272', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_7db65', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='visits_official', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='officialname',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_officialnameevent" ("end", "id", "key", "kind", "language", "official_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "primary", "script", "start", "text") SELECT new_values."end", new_values."id", new_values."key", new_values."kind", new_values."language", new_values."official_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."primary", new_values."script", new_values."start", new_values."text" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."end" IS DISTINCT FROM (new_values."end") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."key" IS DISTINCT FROM (new_values."key") OR old_values."kind" IS DISTINCT FROM (new_values."kind") OR old_values."language" IS DISTINCT FROM (new_values."language") OR old_values."official_id" IS DISTINCT FROM (new_values."official_id") OR old_values."primary" IS DISTINCT FROM (new_values."primary") OR old_values."script" IS DISTINCT FROM (new_values."script") OR old_values."start" IS DISTINCT FROM (new_values."start") OR old_values."text" IS DISTINCT FROM (new_values."text")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='85a2d9e846e0dbeb79f898e68fd2a795a02f4df5', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_02a5f', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='visits_officialname', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organization',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_organizationevent" ("changed_at", "country_id", "created_at", "created_by_run_id", "id", "is_reference", "key", "kind", "locked_fields", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "short_name", "slug", "uid") SELECT new_values."changed_at", new_values."country_id", new_values."created_at", new_values."created_by_run_id", new_values."id", new_values."is_reference", new_values."key", new_values."kind", new_values."locked_fields", new_values."name", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."short_name", new_values."slug", new_values."uid" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."changed_at" IS DISTINCT FROM (new_values."changed_at") OR old_values."country_id" IS DISTINCT FROM (new_values."country_id") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by_run_id" IS DISTINCT FROM (new_values."created_by_run_id") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."is_reference" IS DISTINCT FROM (new_values."is_reference") OR old_values."key" IS DISTINCT FROM (new_values."key") OR old_values."kind" IS DISTINCT FROM (new_values."kind") OR old_values."locked_fields" IS DISTINCT FROM (new_values."locked_fields") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."short_name" IS DISTINCT FROM (new_values."short_name") OR old_values."slug" IS DISTINCT FROM (new_values."slug") OR old_values."uid" IS DISTINCT FROM (new_values."uid")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='854dc6deeb6fb6405d8e1b0ecb2f00fe698e7fa0', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_0bc71', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='visits_organization', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='post',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_postevent" ("changed_at", "country_id", "created_at", "created_by_run_id", "id", "key", "locked_fields", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "single_holder", "title", "uid") SELECT new_values."changed_at", new_values."country_id", new_values."created_at", new_values."created_by_run_id", new_values."id", new_values."key", new_values."locked_fields", new_values."organization_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."rank", new_values."single_holder", new_values."title", new_values."uid" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."changed_at" IS DISTINCT FROM (new_values."changed_at") OR old_values."country_id" IS DISTINCT FROM (new_values."country_id") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by_run_id" IS DISTINCT FROM (new_values."created_by_run_id") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."key" IS DISTINCT FROM (new_values."key") OR old_values."locked_fields" IS DISTINCT FROM (new_values."locked_fields") OR old_values."organization_id" IS DISTINCT FROM (new_values."organization_id") OR old_values."rank" IS DISTINCT FROM (new_values."rank") OR old_values."single_holder" IS DISTINCT FROM (new_values."single_holder") OR old_values."title" IS DISTINCT FROM (new_values."title") OR old_values."uid" IS DISTINCT FROM (new_values."uid")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='dbfa778e063d419baaa977c300dbff251621605c', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_ff0aa', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='visits_post', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='topic',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_topicevent" ("changed_at", "created_at", "created_by_run_id", "id", "locked_fields", "name", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "uid") SELECT new_values."changed_at", new_values."created_at", new_values."created_by_run_id", new_values."id", new_values."locked_fields", new_values."name", new_values."parent_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."slug", new_values."uid" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."changed_at" IS DISTINCT FROM (new_values."changed_at") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by_run_id" IS DISTINCT FROM (new_values."created_by_run_id") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."locked_fields" IS DISTINCT FROM (new_values."locked_fields") OR old_values."name" IS DISTINCT FROM (new_values."name") OR old_values."parent_id" IS DISTINCT FROM (new_values."parent_id") OR old_values."slug" IS DISTINCT FROM (new_values."slug") OR old_values."uid" IS DISTINCT FROM (new_values."uid")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='7f050344fbba80189583623961d26b5a9c6cb0e0', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_3a63a', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='visits_topic', when='AFTER')),
        ),
    ]
    operations = [
        migrations.RunSQL(FORMS, "DROP FUNCTION visits_name_forms(text); DROP FUNCTION visits_sounds(text);"),
        InOneGo([step for step in steps if isinstance(step, pgtrigger.migrations.RemoveTrigger)]),
        *constraints_in_one_go([step for step in steps if not isinstance(step, pgtrigger.migrations.RemoveTrigger)]),
            migrations.RunPython(keys_without_signs, migrations.RunPython.noop),
        migrations.RunPython(scripts_that_show, migrations.RunPython.noop),
    ]

import re

from django.db import migrations, models


def fill_year(apps, schema_editor):
    for photograph in apps.get_model("gallery", "Photograph").objects.filter(year=None):
        found = re.search(r", (\d{4})$", photograph.name)
        if found:
            photograph.year = int(found[1])
            photograph.save(update_fields=["year"])


class Migration(migrations.Migration):
    dependencies = [("gallery", "0001_initial")]

    operations = [
        migrations.AddField("photograph", "year", models.PositiveSmallIntegerField(null=True)),
        migrations.RunPython(fill_year, migrations.RunPython.noop),
    ]

import re

from django.db import migrations


def fill_depth(apps, schema_editor):
    for photograph in apps.get_model("gallery", "Photograph").objects.order_by("id"):
        found = re.search(r" at (\d+) m\b", photograph.name)
        if not found:
            raise ValueError(f"photograph {photograph.id} has no depth in its name")
        photograph.depth = int(found[1])
        photograph.save(update_fields=["depth"])


class Migration(migrations.Migration):
    # Row by row, so that a large table is not locked for minutes.
    atomic = False
    dependencies = [("gallery", "0003_photograph_depth")]

    operations = [migrations.RunPython(fill_depth, migrations.RunPython.noop)]

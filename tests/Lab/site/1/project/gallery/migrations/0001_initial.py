import django.db.models.deletion
from django.db import migrations, models

FIRST_PHOTOGRAPHS = ["Acropora at 12 m, 2014", "Porites at 7 m, 2009", "Unknown coral, 2011"]


def add_first_photographs(apps, schema_editor):
    source = apps.get_model("gallery", "Source").objects.create(name="Moorea")
    for name in FIRST_PHOTOGRAPHS:
        apps.get_model("gallery", "Photograph").objects.create(source=source, name=name)


class Migration(migrations.Migration):
    initial = True

    operations = [
        migrations.CreateModel(
            name="Source",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Photograph",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("posted", models.DateTimeField(auto_now_add=True)),
                ("source", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="gallery.source")),
            ],
        ),
        migrations.RunPython(add_first_photographs, migrations.RunPython.noop),
    ]

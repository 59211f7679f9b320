from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("gallery", "0002_photograph_year")]

    operations = [migrations.AddField("photograph", "depth", models.PositiveSmallIntegerField(default=0))]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kit", "0002_audit_act_days")]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("name", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("count", models.PositiveIntegerField(default=0)),
                ("ends_at", models.DateTimeField(db_index=True)),
            ],
            options={"verbose_name": "tally", "verbose_name_plural": "tallies"},
        ),
    ]

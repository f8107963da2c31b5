from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="employee",
            name="wechat_qr",
            field=models.CharField(blank=True, default="", editable=False, max_length=255),
        ),
    ]

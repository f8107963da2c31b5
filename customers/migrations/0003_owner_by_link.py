from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0002_daily_work'),
    ]

    operations = [
        migrations.AlterField(
            model_name='ownerchange',
            name='how',
            field=models.CharField(choices=[('assigned', 'assigned'), ('claimed', 'claimed from the pool'), ('shared_out', 'shared out evenly'), ('handed_over', 'handed over'), ('released', 'given back to the pool'), ('link', 'came by a link')], default='assigned', max_length=12, verbose_name='how'),
        ),
    ]

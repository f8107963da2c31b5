import django.db.models.manager
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0001_initial'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='participation',
            options={'base_manager_name': 'everyone', 'default_manager_name': 'objects', 'ordering': ['-id'], 'verbose_name': 'lead', 'verbose_name_plural': 'leads'},
        ),
        migrations.AlterModelManagers(
            name='participation',
            managers=[
                ('everyone', django.db.models.manager.Manager()),
                ('objects', django.db.models.manager.Manager()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='participation',
            name='campaigns_participation_once',
        ),
        migrations.RemoveIndex(
            model_name='participation',
            name='campaigns_participation_board',
        ),
        migrations.RemoveIndex(
            model_name='participation',
            name='campaigns_participation_came',
        ),
        migrations.AddField(
            model_name='participation',
            name='doubled',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddIndex(
            model_name='participation',
            index=models.Index(condition=models.Q(('doubled', False)), fields=['campaign', 'day', 'link'], name='campaigns_participation_board'),
        ),
        migrations.AddIndex(
            model_name='participation',
            index=models.Index(condition=models.Q(('arrived_on__isnull', False), ('doubled', False)), fields=['campaign', 'arrived_on'], name='campaigns_participation_came'),
        ),
        migrations.AddConstraint(
            model_name='participation',
            constraint=models.UniqueConstraint(condition=models.Q(('doubled', False)), fields=('campaign', 'customer'), name='campaigns_participation_once'),
        ),
    ]

from django.conf import settings
from django.db import migrations, models
import django.core.validators
import django.db.models.deletion
import django.db.models.manager
import django.utils.timezone
import simple_history.models

# Two characters anywhere inside a name: trigrams need three, so PostgreSQL gets an index of pairs. SQLite scans the
# (covering) index on name_key instead.
FORWARD = """
CREATE OR REPLACE FUNCTION customers_bigrams(value text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT substr(value, at, 2)), '{}'::text[])
    FROM generate_series(1, char_length(value) - 1) AS at
$$;
CREATE INDEX customers_name_bigrams ON customers_customer USING gin (customers_bigrams(name_key));
"""

BACKWARD = """
DROP INDEX IF EXISTS customers_name_bigrams;
DROP FUNCTION IF EXISTS customers_bigrams(text);
"""


def forward(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FORWARD)


def backward(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(BACKWARD)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('staff', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('service', 'service'), ('care', 'care'), ('promotion', 'marketing')], max_length=12, verbose_name='purpose')),
                ('medium', models.CharField(choices=[('any', 'every medium'), ('phone', 'phone call'), ('sms', 'text message'), ('wecom', 'WeCom'), ('mini_program', 'mini-program'), ('visit', 'visit')], default='any', max_length=14, verbose_name='medium')),
                ('given', models.BooleanField(verbose_name='given')),
                ('ground', models.CharField(blank=True, max_length=200, verbose_name='ground')),
                ('source', models.CharField(blank=True, max_length=40, verbose_name='where from')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
            ],
            options={
                'verbose_name': 'consent',
                'verbose_name_plural': 'consents',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=200, verbose_name='name')),
                ('name_key', models.CharField(blank=True, editable=False, max_length=200)),
                ('phone', models.CharField(blank=True, editable=False, max_length=20, verbose_name='phone')),
                ('gender', models.CharField(blank=True, choices=[('', 'unknown'), ('male', 'male'), ('female', 'female')], default='', max_length=8, verbose_name='gender')),
                ('birth_year', models.SmallIntegerField(blank=True, null=True, verbose_name='year of birth')),
                ('birth_md', models.SmallIntegerField(blank=True, null=True, verbose_name='birthday (month and day)')),
                ('birth_lunar', models.BooleanField(default=False, verbose_name='lunar birthday')),
                ('city', models.CharField(blank=True, max_length=100, verbose_name='city')),
                ('address', models.CharField(blank=True, max_length=300, verbose_name='address')),
                ('company', models.CharField(blank=True, max_length=200, verbose_name='company')),
                ('occupation', models.CharField(blank=True, max_length=100, verbose_name='occupation')),
                ('education', models.CharField(blank=True, max_length=50, verbose_name='education')),
                ('income_band', models.CharField(blank=True, max_length=50, verbose_name='income')),
                ('spending_band', models.CharField(blank=True, max_length=50, verbose_name='spending band')),
                ('budget', models.CharField(blank=True, max_length=50, verbose_name='budget')),
                ('known_since', models.DateField(blank=True, null=True, verbose_name='member since')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('custom', models.JSONField(blank=True, default=dict, verbose_name="the shop's own fields")),
                ('legacy', models.JSONField(blank=True, default=dict, verbose_name='columns kept from sheets')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='in the system since')),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='last changed')),
                ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                ('erased_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='erased')),
            ],
            options={
                'verbose_name': 'customer',
                'verbose_name_plural': 'customers',
                'ordering': ['-id'],
                'permissions': [('see_full_phone', 'Can see full phone numbers'), ('tag_customer', 'Can tag customers'), ('assign_customer', 'Can change who looks after a customer'), ('archive_customer', 'Can archive customers and bring them back')],
                'base_manager_name': 'everyone',
                'default_manager_name': 'objects',
            },
            managers=[
                ('everyone', django.db.models.manager.Manager()),
                ('objects', django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name='CustomerTag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('set_by', models.CharField(choices=[('person', 'by hand'), ('import', 'import'), ('rule', 'rule')], default='person', max_length=8, verbose_name='set by')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
            ],
            options={
                'verbose_name': 'tag of a customer',
                'verbose_name_plural': 'tags of customers',
            },
        ),
        migrations.CreateModel(
            name='CustomField',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='Lower-case letters, digits and _; never changes.', max_length=40, unique=True, validators=[django.core.validators.RegexValidator('\\A[a-z][a-z0-9_]*\\Z')], verbose_name='key')),
                ('label', models.CharField(max_length=60, unique=True, verbose_name='name')),
                ('kind', models.CharField(choices=[('text', 'text'), ('number', 'number'), ('date', 'date'), ('boolean', 'yes or no'), ('choice', 'choice')], default='text', max_length=8, verbose_name='kind')),
                ('choices', models.JSONField(blank=True, default=list, verbose_name='choices')),
                ('sensitive', models.BooleanField(default=False, help_text='Health, money, under 14: masked without the right to see it.', verbose_name='sensitive')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
            ],
            options={
                'verbose_name': 'own field',
                'verbose_name_plural': 'own fields',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalCustomer',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=200, verbose_name='name')),
                ('name_key', models.CharField(blank=True, editable=False, max_length=200)),
                ('phone', models.CharField(blank=True, editable=False, max_length=20, verbose_name='phone')),
                ('gender', models.CharField(blank=True, choices=[('', 'unknown'), ('male', 'male'), ('female', 'female')], default='', max_length=8, verbose_name='gender')),
                ('birth_year', models.SmallIntegerField(blank=True, null=True, verbose_name='year of birth')),
                ('birth_md', models.SmallIntegerField(blank=True, null=True, verbose_name='birthday (month and day)')),
                ('birth_lunar', models.BooleanField(default=False, verbose_name='lunar birthday')),
                ('city', models.CharField(blank=True, max_length=100, verbose_name='city')),
                ('address', models.CharField(blank=True, max_length=300, verbose_name='address')),
                ('company', models.CharField(blank=True, max_length=200, verbose_name='company')),
                ('occupation', models.CharField(blank=True, max_length=100, verbose_name='occupation')),
                ('education', models.CharField(blank=True, max_length=50, verbose_name='education')),
                ('income_band', models.CharField(blank=True, max_length=50, verbose_name='income')),
                ('spending_band', models.CharField(blank=True, max_length=50, verbose_name='spending band')),
                ('budget', models.CharField(blank=True, max_length=50, verbose_name='budget')),
                ('known_since', models.DateField(blank=True, null=True, verbose_name='member since')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('custom', models.JSONField(blank=True, default=dict, verbose_name="the shop's own fields")),
                ('legacy', models.JSONField(blank=True, default=dict, verbose_name='columns kept from sheets')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='in the system since')),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='last changed')),
                ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                ('erased_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='erased')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical customer',
                'verbose_name_plural': 'historical customers',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Identity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=80, verbose_name='kind')),
                ('value', models.CharField(max_length=200, verbose_name='value')),
                ('tail', models.CharField(blank=True, editable=False, max_length=4)),
                ('verified', models.BooleanField(default=False, verbose_name='verified')),
                ('source', models.CharField(blank=True, max_length=40, verbose_name='where from')),
                ('first_seen', models.DateTimeField(default=django.utils.timezone.now, verbose_name='first seen')),
            ],
            options={
                'verbose_name': 'identity',
                'verbose_name_plural': 'identities',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ImportBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=200, verbose_name='file')),
                ('path', models.CharField(blank=True, editable=False, max_length=255)),
                ('sha256', models.CharField(db_index=True, editable=False, max_length=64)),
                ('sheet', models.CharField(blank=True, max_length=100, verbose_name='sheet')),
                ('layout', models.JSONField(default=dict, editable=False)),
                ('mapping', models.JSONField(default=dict, verbose_name='mapping')),
                ('mapping_name', models.CharField(blank=True, max_length=60, verbose_name='saved mapping')),
                ('system', models.CharField(blank=True, max_length=60, verbose_name='system')),
                ('require', models.CharField(choices=[('phone', 'a mobile number'), ('identity', 'any identity (mobile, WeChat, card number…)'), ('name', 'a name is enough')], default='identity', max_length=10, verbose_name='a row needs')),
                ('on_conflict', models.CharField(choices=[('fill', 'fill empty fields only'), ('overwrite', 'the sheet wins'), ('append', 'fill, and append notes')], default='fill', max_length=10, verbose_name='where both have a value')),
                ('consent', models.BooleanField(blank=True, null=True, verbose_name='agreed to marketing')),
                ('consent_ground', models.CharField(blank=True, max_length=200, verbose_name='ground')),
                ('state', models.CharField(choices=[('uploaded', 'uploaded'), ('mapped', 'columns checked'), ('previewing', 'being tried out'), ('previewed', 'tried out'), ('queued', 'waiting its turn'), ('running', 'running'), ('done', 'done'), ('cancelled', 'cancelled'), ('failed', 'stopped by an error'), ('refused', 'refused'), ('undoing', 'being undone'), ('undone', 'undone')], db_index=True, default='uploaded', max_length=12, verbose_name='state')),
                ('stage', models.CharField(blank=True, editable=False, max_length=20)),
                ('cursor', models.IntegerField(default=0, editable=False)),
                ('total', models.IntegerField(default=0, editable=False, verbose_name='rows in the sheet')),
                ('counters', models.JSONField(default=dict, editable=False, verbose_name='figures')),
                ('preview', models.JSONField(default=dict, editable=False)),
                ('refused', models.TextField(blank=True, editable=False, verbose_name='why not')),
                ('cancel_asked', models.BooleanField(default=False, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='uploaded')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='started')),
                ('heartbeat_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='undone')),
            ],
            options={
                'verbose_name': 'import',
                'verbose_name_plural': 'imports',
                'ordering': ['-id'],
                'permissions': [('run_import', 'Can import sheets'), ('undo_import', 'Can undo imports')],
            },
        ),
        migrations.CreateModel(
            name='ImportMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='name')),
                ('header_hash', models.CharField(blank=True, db_index=True, max_length=64)),
                ('columns', models.JSONField(default=dict, verbose_name='columns')),
                ('system', models.CharField(blank=True, max_length=60, verbose_name='system')),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'verbose_name': 'saved mapping',
                'verbose_name_plural': 'saved mappings',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField(verbose_name='row')),
                ('outcome', models.CharField(choices=[('rejected', 'rejected'), ('merged', 'joined an earlier row'), ('created', 'created'), ('updated', 'updated'), ('unchanged', 'unchanged'), ('skipped', 'skipped')], max_length=10, verbose_name='outcome')),
                ('code', models.CharField(blank=True, max_length=40, verbose_name='code')),
                ('conflict', models.BooleanField(default=False, verbose_name='other name')),
                ('detail', models.JSONField(blank=True, null=True)),
                ('changes', models.JSONField(blank=True, null=True)),
                ('warnings', models.JSONField(blank=True, null=True)),
                ('unknown', models.JSONField(blank=True, null=True)),
                ('cells', models.JSONField(blank=True, null=True)),
                ('undone', models.BooleanField(default=False, editable=False)),
            ],
            options={
                'verbose_name': 'row of an import',
                'verbose_name_plural': 'rows of an import',
                'ordering': ['batch', 'number'],
            },
        ),
        migrations.CreateModel(
            name='KnownName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('owner', 'consultant'), ('store', 'store')], max_length=8, verbose_name='kind')),
                ('text', models.CharField(max_length=100, verbose_name='as written')),
            ],
            options={
                'verbose_name': 'known name',
                'verbose_name_plural': 'known names',
            },
        ),
        migrations.CreateModel(
            name='MergeCandidate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('evidence', models.JSONField(default=list, verbose_name='evidence')),
                ('state', models.CharField(choices=[('open', 'to look at'), ('merged', 'merged'), ('rejected', 'two people')], db_index=True, default='open', max_length=10, verbose_name='state')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='found')),
            ],
            options={
                'verbose_name': 'possible duplicate',
                'verbose_name_plural': 'possible duplicates',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('system', models.CharField(max_length=80, verbose_name='system')),
                ('spend_fen', models.BigIntegerField(blank=True, null=True, verbose_name='spent before (fen)')),
                ('orders', models.IntegerField(blank=True, null=True, verbose_name='orders before')),
                ('last_order_on', models.DateField(blank=True, null=True, verbose_name='last order before')),
                ('level', models.CharField(blank=True, max_length=60, verbose_name='level before')),
            ],
            options={
                'verbose_name': 'opening figure',
                'verbose_name_plural': 'opening figures',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='name')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='added')),
            ],
            options={
                'verbose_name': 'tag',
                'verbose_name_plural': 'tags',
                'ordering': ['group', 'name'],
            },
        ),
        migrations.CreateModel(
            name='TagGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='name')),
                ('kind', models.CharField(choices=[('base', 'basics'), ('behaviour', 'behaviour'), ('need', 'needs'), ('word_of_mouth', 'word of mouth'), ('expectation', 'expectations'), ('crowd', 'crowd')], default='base', max_length=16, verbose_name='kind')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
            ],
            options={
                'verbose_name': 'tag group',
                'verbose_name_plural': 'tag groups',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Channel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='name')),
                ('domain', models.CharField(blank=True, choices=[('', 'not said'), ('public', 'public domain'), ('private', 'private domain')], default='', max_length=8, verbose_name='public or private')),
                ('online', models.BooleanField(blank=True, null=True, verbose_name='online')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='customers.channel', verbose_name='part of')),
            ],
            options={
                'verbose_name': 'channel of origin',
                'verbose_name_plural': 'channels of origin',
                'ordering': ['name'],
            },
        ),
        migrations.AddField(
            model_name='consent',
            name='recorded_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='customer',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='folded', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='customer',
            name='owner',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='customers', to=settings.AUTH_USER_MODEL, verbose_name='owner'),
        ),
        migrations.AddField(
            model_name='customer',
            name='source',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='customers', to='customers.channel', verbose_name='channel of origin'),
        ),
        migrations.AddField(
            model_name='customer',
            name='store',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='customers', to='staff.department', verbose_name='store'),
        ),
        migrations.AddField(
            model_name='consent',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='customers.customer', verbose_name='customer'),
        ),
        migrations.AddField(
            model_name='customertag',
            name='customer',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tag_links', to='customers.customer', verbose_name='customer'),
        ),
        migrations.AddField(
            model_name='customertag',
            name='employee',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalcustomer',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalcustomer',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='historicalcustomer',
            name='owner',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner'),
        ),
        migrations.AddField(
            model_name='historicalcustomer',
            name='source',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='customers.channel', verbose_name='channel of origin'),
        ),
        migrations.AddField(
            model_name='historicalcustomer',
            name='store',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='staff.department', verbose_name='store'),
        ),
        migrations.AddField(
            model_name='identity',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identities', to='customers.customer', verbose_name='customer'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='created_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='identity',
            name='batch',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='customers.importbatch'),
        ),
        migrations.AddField(
            model_name='historicalcustomer',
            name='imported_in',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='customers.importbatch', verbose_name='came in with import'),
        ),
        migrations.AddField(
            model_name='customertag',
            name='batch',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='customers.importbatch'),
        ),
        migrations.AddField(
            model_name='customer',
            name='imported_in',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='people', to='customers.importbatch', verbose_name='came in with import'),
        ),
        migrations.AddField(
            model_name='consent',
            name='batch',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='customers.importbatch'),
        ),
        migrations.AddField(
            model_name='importrow',
            name='batch',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='customers.importbatch'),
        ),
        migrations.AddField(
            model_name='importrow',
            name='customer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='import_rows', to='customers.customer', verbose_name='customer'),
        ),
        migrations.AddField(
            model_name='knownname',
            name='employee',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='knownname',
            name='store',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.department'),
        ),
        migrations.AddField(
            model_name='mergecandidate',
            name='batch',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='customers.importbatch'),
        ),
        migrations.AddField(
            model_name='mergecandidate',
            name='first',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='mergecandidate',
            name='second',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='opening',
            name='batch',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='openings', to='customers.importbatch'),
        ),
        migrations.AddField(
            model_name='opening',
            name='customer',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='openings', to='customers.customer', verbose_name='customer'),
        ),
        migrations.AddField(
            model_name='customertag',
            name='tag',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='links', to='customers.tag', verbose_name='tag'),
        ),
        migrations.AddField(
            model_name='tag',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tags', to='customers.taggroup', verbose_name='group'),
        ),
        migrations.AddIndex(
            model_name='identity',
            index=models.Index(condition=models.Q(('tail', ''), _negated=True), fields=['tail'], name='customers_identity_tail'),
        ),
        migrations.AddConstraint(
            model_name='identity',
            constraint=models.UniqueConstraint(fields=('kind', 'value'), name='customers_identity_unique'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['phone'], name='customers_phone'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['name_key'], name='customers_name_key', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['owner', '-id'], name='customers_owner'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['store', '-id'], name='customers_store'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('birth_md__isnull', False)), fields=['birth_md'], name='customers_birth_md'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('imported_in__isnull', False)), fields=['imported_in', '-id'], name='customers_imported_in'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('known_since__isnull', False)), fields=['known_since'], name='customers_known_since'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('imported_in__isnull', True)), fields=['created_at'], name='customers_by_hand'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='customers_folded'),
        ),
        migrations.AddIndex(
            model_name='consent',
            index=models.Index(fields=['customer', 'purpose', 'medium', '-id'], name='customers_consent_newest'),
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=models.Index(condition=models.Q(('outcome__in', ['created', 'unchanged']), _negated=True), fields=['batch', 'outcome', 'number'], name='customers_import_outcome'),
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=models.Index(condition=models.Q(('unknown__isnull', False)), fields=['batch'], name='customers_import_unknown'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.UniqueConstraint(fields=('batch', 'number'), name='customers_import_row'),
        ),
        migrations.AddConstraint(
            model_name='knownname',
            constraint=models.UniqueConstraint(fields=('kind', 'text'), name='customers_known_name'),
        ),
        migrations.AddConstraint(
            model_name='mergecandidate',
            constraint=models.UniqueConstraint(fields=('first', 'second'), name='customers_candidate_pair'),
        ),
        migrations.AddConstraint(
            model_name='mergecandidate',
            constraint=models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='customers_candidate_order'),
        ),
        migrations.AddConstraint(
            model_name='opening',
            constraint=models.UniqueConstraint(fields=('customer', 'system'), name='customers_opening_unique'),
        ),
        migrations.AddIndex(
            model_name='customertag',
            index=models.Index(fields=['tag', 'customer'], name='customers_tag_people'),
        ),
        migrations.AddConstraint(
            model_name='customertag',
            constraint=models.UniqueConstraint(fields=('customer', 'tag'), name='customers_tag_unique'),
        ),
        migrations.RunPython(forward, backward),
    ]

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0003_owner_by_link'),
        ('staff', '0002_wechat_qr'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Coupon',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='name')),
                ('kind', models.CharField(choices=[('amount', 'money off'), ('percent', 'per cent off'), ('gift', 'a service or a gift')], default='amount', max_length=8, verbose_name='kind')),
                ('value_fen', models.BigIntegerField(blank=True, null=True, verbose_name='worth')),
                ('percent_off', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='per cent off')),
                ('min_spend_fen', models.BigIntegerField(blank=True, null=True, verbose_name='from a purchase of')),
                ('stock', models.PositiveIntegerField(blank=True, null=True, verbose_name='how many')),
                ('granted', models.PositiveIntegerField(default=0, editable=False, verbose_name='given out')),
                ('per_person', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1)], verbose_name='at most for one person')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('valid_days', models.PositiveSmallIntegerField(blank=True, default=30, null=True, verbose_name='valid for (days)')),
                ('words', models.CharField(blank=True, max_length=200, verbose_name='conditions')),
                ('is_active', models.BooleanField(default=True, verbose_name='still given out')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.product', verbose_name='good for')),
            ],
            options={
                'verbose_name': 'coupon',
                'verbose_name_plural': 'coupons',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='CouponGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(editable=False, max_length=12, unique=True, verbose_name='coupon code')),
                ('short_code', models.CharField(editable=False, max_length=8, unique=True, verbose_name='short code')),
                ('state', models.CharField(choices=[('granted', 'can be used'), ('used', 'used'), ('void', 'withdrawn')], default='granted', max_length=8, verbose_name='state')),
                ('key', models.CharField(blank=True, editable=False, max_length=80, null=True, unique=True)),
                ('origin', models.CharField(blank=True, editable=False, max_length=60)),
                ('granted_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='given on')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='valid until')),
                ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='used')),
                ('coupon', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='loyalty.coupon', verbose_name='coupon')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='coupons', to='customers.customer', verbose_name='customer')),
                ('order', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='coupons', to='customers.order', verbose_name='order')),
                ('store', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.department', verbose_name='store')),
                ('used_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='taken by')),
            ],
            options={
                'verbose_name': 'coupon of a customer',
                'verbose_name_plural': 'coupons of customers',
                'ordering': ['-id'],
                'permissions': [('use_coupongrant', 'Can take coupons at the counter')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalCoupon',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(db_index=True, max_length=60, verbose_name='name')),
                ('kind', models.CharField(choices=[('amount', 'money off'), ('percent', 'per cent off'), ('gift', 'a service or a gift')], default='amount', max_length=8, verbose_name='kind')),
                ('value_fen', models.BigIntegerField(blank=True, null=True, verbose_name='worth')),
                ('percent_off', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='per cent off')),
                ('min_spend_fen', models.BigIntegerField(blank=True, null=True, verbose_name='from a purchase of')),
                ('stock', models.PositiveIntegerField(blank=True, null=True, verbose_name='how many')),
                ('per_person', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1)], verbose_name='at most for one person')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('valid_days', models.PositiveSmallIntegerField(blank=True, default=30, null=True, verbose_name='valid for (days)')),
                ('words', models.CharField(blank=True, max_length=200, verbose_name='conditions')),
                ('is_active', models.BooleanField(default=True, verbose_name='still given out')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('product', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='customers.product', verbose_name='good for')),
            ],
            options={
                'verbose_name': 'historical coupon',
                'verbose_name_plural': 'historical coupons',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'amount'), ('value_fen__gt', 0), ('value_fen__isnull', False)), models.Q(('kind', 'percent'), ('percent_off__isnull', False)), ('kind', 'gift'), _connector='OR'), name='loyalty_coupon_worth', violation_error_message='Say what the coupon is worth: an amount, or per cent.'),
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.CheckConstraint(condition=models.Q(('stock', None), ('granted__lte', models.F('stock')), _connector='OR'), name='loyalty_coupon_stock', violation_error_message='More than that have been given out already.'),
        ),
        migrations.AddIndex(
            model_name='coupongrant',
            index=models.Index(condition=models.Q(('origin', ''), _negated=True), fields=['origin'], name='loyalty_grant_origin'),
        ),
        migrations.AddConstraint(
            model_name='coupongrant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'used'), ('used_at__isnull', False)), models.Q(models.Q(('state', 'used'), _negated=True), ('used_at', None)), _connector='OR'), name='loyalty_grant_used'),
        ),
    ]

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_name_bigrams")]

    operations = [
        migrations.AlterModelOptions(
            name="customer",
            options={
                "base_manager_name": "everyone",
                "default_manager_name": "objects",
                "ordering": ["-id"],
                "permissions": [
                    ("see_full_phone", "Can see full phone numbers"),
                    ("tag_customer", "Can tag customers"),
                    ("assign_customer", "Can change who looks after a customer"),
                    ("archive_customer", "Can archive customers and bring them back"),
                ],
                "verbose_name": "customer",
                "verbose_name_plural": "customers",
            },
        ),
    ]

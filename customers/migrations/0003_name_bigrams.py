"""Two characters anywhere inside a name: trigrams need three, so PostgreSQL gets an index of pairs.

SQLite scans the (covering) index on name_key instead.
"""

from django.db import migrations

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
    dependencies = [("customers", "0002_initial")]

    operations = [migrations.RunPython(forward, backward)]
